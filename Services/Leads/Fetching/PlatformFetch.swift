import Foundation

/// A lead that a platform has named by its id, and that is to be had from it.
struct PlatformFetch: Sendable {
    enum State: String, Sendable {
        case waiting
        /// It stands in the ledger as rejected; somebody may have it tried again.
        case givenUp = "given-up"
    }

    /// The id of the ledger row that it becomes.
    let id: UUID
    let channel: String
    let externalID: String
    /// What was posted of it.
    let posted: Payload
    let traceparent: String?
    var state = State.waiting
    var attempts = 0
    var nextAt: Date
    var fault: FetchFault?
    var since: Date
    var triedAt: Date?

    /// How many leads are asked for at once.
    static let atOnce = 8
    /// What was given up may be tried again for so long: Meta itself keeps a lead for 90 days.
    static let kept: TimeInterval = 90 * 86_400
}

/// Why a lead could not be had.
struct FetchFault: Error, Sendable, Equatable {
    enum Kind: String, Sendable {
        /// The channel has no access token, or the file that it names is not there.
        case noToken = "fetch-no-token"
        /// The platform could not be reached, or broke down.
        case away = "fetch-away"
        /// It has had enough of our questions for now.
        case busy = "fetch-busy"
        /// It does not take the token, or not for this lead: somebody has to see to that.
        case accessRefused = "fetch-access-refused"
        /// What it answered is no lead.
        case unreadable = "fetch-unreadable"
        /// The lead could not be stored.
        case unstorable = "fetch-unstorable"
        /// It has no such lead, or gives it to nobody.
        case refused = "fetch-refused"

        /// Whether asking again is of no use, whatever somebody does.
        var isFinal: Bool { self == .refused }
    }

    let kind: Kind
    /// A sentence of ours with the platform's numbers: never its own words, which may quote.
    let detail: String

    init(_ kind: Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}
