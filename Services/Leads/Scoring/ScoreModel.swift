import Foundation

/// What was counted of won and lost deals: naive Bayes over a table of frequencies.
///
/// Pure: everything shown of it can be reckoned by hand from the counts.
struct ScoreModel: Sendable, Equatable {
    struct Count: Sendable, Equatable {
        var won = 0
        var lost = 0

        var cases: Int { won + lost }
    }

    var total = Count()
    var counts: [ScoreFactor: [String: Count]] = [:]
    var policy = ScorePolicy.standard

    /// Whether there are enough cases to say anything, and of both kinds.
    var speaks: Bool { total.cases >= policy.minimumCases && total.won > 0 && total.lost > 0 }

    /// What a lead's facts say; nil while there are too few cases to say anything.
    func score(_ facts: ScoreFacts) -> Score? {
        guard speaks else { return nil }
        let smoothing = policy.smoothing
        let prior = log((Double(total.won) + smoothing) / (Double(total.lost) + smoothing))
        let contributions = facts.values.sorted { $0.key < $1.key }.map { factor, value in
            let count = counts[factor]?[value] ?? Count()
            return Score.Contribution(
                factor: factor,
                value: value,
                count: count,
                logOdds: count.cases < policy.minimumPerValue ? nil : logOdds(factor, count)
            )
        }
        return Score(prior: prior, contributions: contributions)
    }

    /// What every value says, the strongest first.
    var effects: [Score.Contribution] {
        let all = counts.flatMap { factor, values in
            values.map { value, count in
                let effect = logOdds(factor, count)
                return Score.Contribution(factor: factor, value: value, count: count, logOdds: effect)
            }
        }
        return all.sorted { left, right in
            let (mine, theirs) = (abs(left.logOdds ?? 0), abs(right.logOdds ?? 0))
            if mine != theirs { return mine > theirs }
            return (left.factor, left.value) < (right.factor, right.value)
        }
    }

    /// By how much a value speaks for winning: the logarithm of how much more frequent it is among the won.
    func logOdds(_ factor: ScoreFactor, _ count: Count) -> Double {
        let known = counts[factor] ?? [:]
        // Every value that was ever seen, and this one: each begins with a little instead of nothing.
        let values = Double(max(known.count, 1))
        let all = known.values.reduce(into: Count()) {
            $0.won += $1.won
            $0.lost += $1.lost
        }
        let smoothing = policy.smoothing
        func share(_ part: Int, of whole: Int) -> Double {
            (Double(part) + smoothing) / (Double(whole) + smoothing * values)
        }
        return log(share(count.won, of: all.won) / share(count.lost, of: all.lost))
    }
}

/// How probable it is that a lead's deal is won, and what each of its facts adds to that.
struct Score: Sendable, Equatable {
    struct Contribution: Sendable, Equatable {
        let factor: ScoreFactor
        let value: String
        let count: ScoreModel.Count
        /// Nil where too few cases had the value for it to say anything.
        let logOdds: Double?
    }

    /// The log-odds of any deal.
    let prior: Double
    let contributions: [Contribution]

    /// The prior and what the facts add.
    var logOdds: Double { contributions.reduce(prior) { $0 + ($1.logOdds ?? 0) } }
    var probability: Double { 1 / (1 + exp(-logOdds)) }
    /// The probability as people read it, and as lists are sorted by it.
    var percent: Int { Int((probability * 100).rounded()) }
}
