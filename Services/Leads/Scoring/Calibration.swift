import Foundation

/// How true the probabilities were that were told before the outcomes were known.
struct Calibration: Sendable, Equatable {
    /// A deal that came to an end.
    struct Case: Sendable, Equatable {
        /// `2026-11`, in UTC.
        let month: String
        let predicted: Double
        let isWon: Bool
    }

    /// The cases of which about the same was told.
    struct Band: Sendable, Equatable {
        /// 0 to 9: from so many tenths on.
        let tenth: Int
        let cases: Int
        /// What was told of them on the average.
        let predicted: Double
        /// How many of them were won, as a share.
        let won: Double
    }

    struct Month: Sendable, Equatable {
        let month: String
        let cases: Int
        /// The mean square of what was told less what came: 0 is a prophet, 0.25 a coin.
        let brier: Double
    }

    let bands: [Band]
    /// Newest first.
    let months: [Month]

    init(_ cases: [Case]) {
        bands = Dictionary(grouping: cases) { min(9, Int($0.predicted * 10)) }.sorted { $0.key < $1.key }
            .map { tenth, cases in
                Band(
                    tenth: tenth,
                    cases: cases.count,
                    predicted: Self.mean(cases.map(\.predicted)),
                    won: Self.mean(cases.map { $0.isWon ? 1 : 0 })
                )
            }
        months = Dictionary(grouping: cases, by: \.month).sorted { $0.key > $1.key }.map { month, cases in
            let squares = cases.map { one in
                let error = one.predicted - (one.isWon ? 1 : 0)
                return error * error
            }
            return Month(month: month, cases: cases.count, brier: Self.mean(squares))
        }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }
}
