import Contracts
import Foundation
import Postgres
import Web

extension Score {
    /// `+0.42`, `−1.30`.
    static func signed(_ value: Double) -> String { (value < 0 ? "−" : "+") + text(abs(value)) }

    /// Two decimals.
    static func text(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = abs(hundredths) % 100
        return "\(hundredths < 0 ? "−" : "")\(abs(hundredths) / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

    /// As a fact of a lead's page: the probability, and what each fact adds to it.
    func fact(_ viewer: Viewer) -> Fact {
        let label = viewer.text("score.fact")
        let prior = Web.Why.Input(viewer.text("score.prior"), Score.signed(self.prior))
        let inputs = contributions.map { one in
            let effect = one.logOdds.map(Score.signed) ?? viewer.text("score.silent")
            let cases = viewer.text(
                "score.of-cases",
                ["won": viewer.number(one.count.won), "lost": viewer.number(one.count.lost)]
            )
            return Web.Why.Input(
                viewer.text("score.factor.\(one.factor.rawValue)"),
                "\(viewer.scored(one.factor, one.value)) · \(effect) · \(cases)"
            )
        }
        let sum = Web.Why.Input(viewer.text("score.sum"), Score.signed(logOdds))
        return Fact(
            label,
            Score.percent(probability),
            why: Web.Why(
                viewer.text("score.sentence", ["probability": Score.percent(probability)]),
                rule: viewer.text("score.rule"),
                version: "",
                inputs: [prior] + inputs + [sum]
            )
        )
    }
}

extension Viewer {
    /// A value that the score looks at, in words.
    func scored(_ factor: ScoreFactor, _ value: String) -> String {
        switch factor {
        case .channel: channel(value)
        case .channelKind: word("channel-kind", value)
        case .project: project(value)
        case .layout: layout(value)
        case .timeframe: word("timeframe", value)
        case .purpose: word("score.purpose", value)
        case .budget: word("score.budget", value)
        case .response: word("score.response", value)
        case .campaign, .grade: value
        }
    }
}

extension LeadView {
    /// What was learned says of this lead; nil while that is not enough.
    func score(_ tx: Transaction) async throws -> Score? {
        let store = ScoreStore(tx)
        guard let facts = try await store.facts(of: [lead.id], isClosed: dealOutcome != nil)[lead.id] else {
            return nil
        }
        return try await store.model().score(facts)
    }
}
