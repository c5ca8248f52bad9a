import Failures

extension Deal {
    /// How far a deal has come.
    ///
    /// The wire names are the raw values.
    enum Stage: String, Sendable, CaseIterable {
        case firstTalk = "first-talk"
        case needConfirmed = "need-confirmed"
        case planMade = "plan-made"
        case negotiation
        case won
        case lost

        /// Those on the board, in order.
        static let open: [Stage] = [.firstTalk, .needConfirmed, .planMade, .negotiation]

        /// How likely a sale is, in percent.
        var probability: Int {
            switch self {
            case .firstTalk: 10
            case .needConfirmed: 25
            case .planMade: 50
            case .negotiation: 70
            case .won: 100
            case .lost: 0
            }
        }

        var isOpen: Bool { Stage.open.contains(self) }

        /// Where a deal may be moved by hand: one step on, or back as far as one likes.
        var reachable: [Stage] {
            guard let place = Stage.open.firstIndex(of: self) else { return [] }
            let ahead = place + 1 < Stage.open.count ? [Stage.open[place + 1]] : []
            return Stage.open[..<place] + ahead
        }

        /// Says whether a deal may be moved there by hand.
        /// - Throws: a ``Rejection`` that says what would be needed instead.
        func checkMove(to next: Stage) throws {
            guard isOpen else {
                throw Rejection(.conflict, "deal-closed", "The deal is \(rawValue); it cannot be moved any more.")
            }
            switch next {
            case .won:
                throw Rejection(.conflict, "won-by-contract", "A deal is won by recording its signed contract.")
            case .lost:
                throw Rejection(.conflict, "lost-needs-reason", "Say why the deal is lost.")
            case self:
                throw Rejection(.conflict, "already-there", "The deal is in this stage already.")
            default:
                guard reachable.contains(next) else {
                    let message =
                        "A deal moves one stage forward at a time: \(rawValue) is not followed by \(next.rawValue)."
                    throw Rejection(.conflict, "stage-not-reachable", message)
                }
            }
        }
    }
}
