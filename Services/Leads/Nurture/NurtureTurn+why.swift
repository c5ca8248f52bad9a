import Contracts
import Policies

extension NurtureTurn {
    /// Why it came to that: the version is the sequence's.
    func why(
        _ enrolment: Enrolment,
        _ plan: NurturePlan,
        _ facts: NurtureFacts,
        _ policy: Versioned<NurturePolicy>
    ) -> Why {
        var inputs = [
            "sequence": plan.name, "deal": facts.hasDeal ? "yes" : "no", "policy": "\(policy.version)",
        ]
        if let answered = [enrolment.repliedAt, facts.lastEnquiryAt].compactMap(\.self).max() {
            inputs["answeredAt"] = Wire.text(of: answered)
        }
        if case .send(let step, let template) = self {
            inputs["day"] = "\(plan.steps[step].day)"
            inputs["template"] = template
            inputs["tag"] = plan.steps[step].lines.first { $0.template == template }?.tag
        }
        let (rule, otherwise) = words
        return Why(rule: rule, version: enrolment.version, inputs: inputs, otherwise: otherwise)
    }

    private var words: (rule: String, otherwise: String) {
        switch self {
        case .send: ("nurture.due", "An answer, a deal or an opt-out before would have kept it back.")
        case .pass: ("nurture.nothing-fits", "A line for everybody on that day would have been sent.")
        case .pause: ("nurture.paused", "Without an answer in the last days the step would have been sent.")
        case .exit(let reason): ("nurture.exit.\(reason)", "Without that the step would have been sent.")
        case .finish: ("nurture.finished", "Another step would have been sent.")
        }
    }

    /// What the journal calls it where nothing is sent.
    var outcome: String {
        switch self {
        case .send, .finish: "finished"
        case .pass: "passed"
        case .pause: "paused"
        case .exit: "exited"
        }
    }
}
