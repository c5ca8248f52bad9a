import Failures
import Testing

@testable import Sales

@Suite struct DealStageTests {
    @Test(
        "a deal goes one stage forward or any stage back",
        arguments: [
            (Deal.Stage.firstTalk, Deal.Stage.needConfirmed), (.needConfirmed, .planMade), (.planMade, .negotiation),
            (.needConfirmed, .firstTalk), (.negotiation, .firstTalk), (.negotiation, .planMade),
        ]
    )
    func allowed(from: Deal.Stage, to: Deal.Stage) throws {
        try from.checkMove(to: to)
    }

    @Test(
        "a deal cannot skip a stage, be won by hand, be lost without a reason, or leave its end",
        arguments: [
            (Deal.Stage.firstTalk, Deal.Stage.planMade, "stage-not-reachable"),
            (.firstTalk, .negotiation, "stage-not-reachable"), (.needConfirmed, .negotiation, "stage-not-reachable"),
            (.negotiation, .won, "won-by-contract"), (.firstTalk, .lost, "lost-needs-reason"),
            (.planMade, .planMade, "already-there"), (.won, .negotiation, "deal-closed"),
            (.lost, .firstTalk, "deal-closed"),
        ]
    )
    func refused(from: Deal.Stage, to: Deal.Stage, code: String) {
        let refusal = #expect(throws: Rejection.self) { try from.checkMove(to: to) }
        #expect(refusal?.code == code)
    }

    @Test(
        "each stage has its probability",
        arguments: [
            (Deal.Stage.firstTalk, 10), (.needConfirmed, 25), (.planMade, 50), (.negotiation, 70), (.won, 100),
            (.lost, 0),
        ]
    )
    func probability(stage: Deal.Stage, percent: Int) {
        #expect(stage.probability == percent)
    }
}
