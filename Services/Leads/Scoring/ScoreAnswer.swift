import Contracts

/// The probability of a lead as the API tells it.
struct LeadScoreAnswer: Encodable, Sendable {
    struct Factor: Encodable, Sendable {
        let factor: String
        let value: String
        let won: Int
        let lost: Int
        /// Missing where too few cases had the value.
        let logOdds: Double?
    }

    /// Missing while too few deals have come to an end, and of a lead that is closed.
    let probability: Double?
    /// The same as lists have it.
    let percent: Int?
    /// Of what was learned.
    let version: Int?
    let prior: Double?
    let logOdds: Double?
    let factors: [Factor]

    init(_ explained: ExplainedScore?) {
        let score = explained?.score
        probability = score?.probability
        percent = score?.percent
        version = explained?.version.number
        prior = score?.prior
        logOdds = score?.logOdds
        factors = (score?.contributions ?? []).map {
            Factor(
                factor: $0.factor.rawValue,
                value: $0.value,
                won: $0.count.won,
                lost: $0.count.lost,
                logOdds: $0.logOdds
            )
        }
    }
}

/// What was learned, and how true it was.
struct ScoreModelAnswer: Encodable, Sendable {
    struct Band: Encodable, Sendable {
        let predicted: Double
        let won: Double
        let cases: Int
    }

    struct Month: Encodable, Sendable {
        let month: String
        let cases: Int
        let brier: Double
    }

    let won: Int
    let lost: Int
    let minimumCases: Int
    /// What lists and leads' pages go by; missing while nothing is said.
    let version: Int?
    let reliability: [Band]
    let months: [Month]

    init(_ model: ScoreModel, _ version: ScoreVersion?, _ calibration: Calibration) {
        self.version = version.flatMap { $0.speaks ? $0.number : nil }
        won = model.total.won
        lost = model.total.lost
        minimumCases = model.policy.minimumCases
        reliability = calibration.bands.map { Band(predicted: $0.predicted, won: $0.won, cases: $0.cases) }
        months = calibration.months.map { Month(month: $0.month, cases: $0.cases, brier: $0.brier) }
    }
}
