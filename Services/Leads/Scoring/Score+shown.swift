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

    static func percent(_ share: Double) -> String { percent(Int((share * 100).rounded())) }

    static func percent(_ percent: Int) -> String { "\(percent) %" }
}

extension ExplainedScore {
    /// As a fact of a lead's page: the probability, and what each fact adds to it.
    func fact(_ viewer: Viewer) -> Fact {
        let percent = Score.percent(score.percent)
        let prior = Web.Why.Input(viewer.text("score.prior"), Score.signed(score.prior))
        let inputs = score.contributions.map { one in
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
        let sum = Web.Why.Input(viewer.text("score.sum"), Score.signed(score.logOdds))
        let learned = Web.Why.Input(
            viewer.text("score.as-of", ["time": viewer.instant(version.madeAt)]),
            viewer.text("score.of-cases", ["won": viewer.number(cases.won), "lost": viewer.number(cases.lost)])
        )
        return Fact(
            viewer.text("score.fact"),
            percent,
            why: Web.Why(
                viewer.text("score.sentence", ["probability": percent]),
                rule: viewer.text("score.rule"),
                version: viewer.text("why.version", ["version": "\(version.number)"]),
                inputs: [prior] + inputs + [sum, learned]
            )
        )
    }
}

extension Viewer {
    /// A probability in words: about 3 in 10.
    func odds(percent: Int) -> String {
        switch percent {
        case ..<5: text("score.odds.hardly")
        case 95...: text("score.odds.nearly")
        default: text("score.odds.about", ["n": "\((percent + 5) / 10)"])
        }
    }

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
