import Contracts
import Foundation
import Policies

/// All that says how far somebody has come: theirs, and that of everybody who turned out to be them.
struct LifeCourse: Sendable, Equatable {
    var marks: [LifeMark] = []
    var deals: [DealFact] = []
    /// The newest.
    var order: LifeOrder?
}

/// The stage of a life, and why.
struct LifeCycle: Sendable, Equatable {
    var stage: LifeStage
    var why: Why
    /// When it came to that.
    var since: Date?

    /// The furthest stage for which anything speaks; what staff have said stands above all that was before it.
    static func now(_ course: LifeCourse, _ policy: Versioned<LifePolicy>) -> LifeCycle {
        let order = course.order.flatMap { order in order.stage.map { (stage: $0, order: order) } }
        let evidence = evidence(course, policy.value).filter { one in
            order.map { one.stage > $0.stage && one.at > $0.order.at } ?? true
        }
        let furthest = evidence.max { ($0.stage, $1.at, $1.rule) < ($1.stage, $0.at, $0.rule) }
        if let furthest {
            return LifeCycle(furthest.stage, furthest.rule, furthest.inputs, policy.version, furthest.at)
        }
        if let order {
            return LifeCycle(order.stage, "by-hand", ["by": order.order.by], policy.version, order.order.at)
        }
        return LifeCycle(.potential, "enquired", [:], policy.version, nil)
    }

    /// The same, told as a step back from where somebody was: evidence was taken back.
    func takenBack(from before: LifeStage) -> LifeCycle {
        var cycle = self
        let inputs = why.inputs.merging(["stageBefore": before.rawValue]) { $1 }
        cycle.why = Why(
            rule: "life.taken-back",
            version: why.version,
            inputs: inputs,
            tried: nil,
            otherwise: "Had the deal stood, or the two stayed one person, the stage would have stayed."
        )
        return cycle
    }

    private struct Evidence {
        let stage: LifeStage
        let rule: String
        let at: Date
        var inputs: [String: String] = [:]
    }

    private static func evidence(_ course: LifeCourse, _ policy: LifePolicy) -> [Evidence] {
        let won = course.deals.filter { $0.outcome == .won }.sorted {
            ($0.wonAt ?? $0.notedAt, $0.id) < ($1.wonAt ?? $1.notedAt, $1.id)
        }
        // What was handed over under a contract that does not stand is not theirs.
        let undone = Set(course.deals.filter { $0.outcome != .won }.compactMap(\.contractID))
        let marks = course.marks.compactMap { mark -> Evidence? in
            switch mark.kind {
            case .visit: policy.visitIsIntent ? Evidence(stage: .intent, rule: "visited", at: mark.at) : nil
            case .contact:
                policy.isIntent(mark.grade)
                    ? Evidence(stage: .intent, rule: "spoken-with", at: mark.at, inputs: ["grade": mark.grade ?? ""])
                    : nil
            case .handover:
                mark.contractID.map(undone.contains) == true
                    ? nil : Evidence(stage: .owner, rule: "moved-in", at: mark.at)
            }
        }
        // That somebody once began a deal stays true when it comes to nothing.
        let opened = course.deals.map { Evidence(stage: .intent, rule: "deal-opened", at: $0.notedAt) }
        let deals = won.enumerated().map { index, deal in
            let isAgain = index + 1 >= policy.historicFromDeal
            return Evidence(
                stage: isAgain ? .historic : .deal,
                rule: isAgain ? "bought-again" : "deal-won",
                at: deal.wonAt ?? deal.notedAt,
                inputs: ["deals": "\(index + 1)"]
            )
        }
        return marks + opened + deals
    }

    private static let otherwise: [String: String] = [
        "visited": "Without the visit they would have stayed potential.",
        "spoken-with": "Not spoken with, or of a lower grade, they would have stayed potential.",
        "deal-opened": "Without a deal they would have stayed potential.",
        "deal-won": "Were the deal taken back, they would go back.",
        "moved-in": "Before the hand-over they had only bought.",
        "bought-again": "With one deal fewer they would not be historic.",
        "by-hand": "What happens later still moves them on.",
        "enquired": "A visit, or a talk with somebody worth it, would move them on.",
    ]
}

extension LifeCycle {
    private init(_ stage: LifeStage, _ rule: String, _ inputs: [String: String], _ policy: Int, _ since: Date?) {
        self.stage = stage
        self.since = since
        why = Why(
            rule: "life.\(rule)",
            version: 1,
            inputs: inputs.merging(["policy": "\(policy)"]) { first, _ in first },
            otherwise: LifeCycle.otherwise[rule]
        )
    }
}
