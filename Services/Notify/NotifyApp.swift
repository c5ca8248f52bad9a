import Contracts
import Foundation
import Messaging
import Policies

/// Everything that Notify does: its table of contents.
struct NotifyApp: Sendable {
    let spine: Spine
    let wakeUp: SendingSignals
    let receiptKeys: ReceiptKeys
    let unsubscribeLinks: UnsubscribeLinks

    /// Writes what the rules want said.
    let writeMessages: WriteMessages
    /// Takes what is due into work, or says why it waits or is not sent.
    let claimDue: ClaimDue
    /// Stores what is learnt about attempts to send.
    let reports: GroupCommit<AttemptReport, Bool>
    /// Takes the gateway's delivery reports.
    let takeReceipt: TakeReceipt
    /// Takes text messages that people send us.
    let takeText: TakeText
    /// Takes back by a mail's link that somebody may be written to.
    let unsubscribe: Unsubscribe
    /// Knows which numbers and addresses do not work.
    let keepReach = KeepReach()
    /// Sends again or settles what is stuck.
    let handleByHand: HandleByHand
    /// Changes the numbers that messages are sent by.
    let changePolicy: ChangePolicy<SendingPolicyChanged>
    /// What pages and the API show.
    let showMessages: ShowMessages
    /// The notices in the console.
    let inbox: Inbox

    /// `zone` is where the office is; `announce` is told whose notices have changed.
    init(
        spine: Spine,
        templates: Templates,
        publicURL: String,
        receiptKeys: ReceiptKeys,
        unsubscribeLinks: UnsubscribeLinks,
        zone: TimeZone,
        announce: @escaping @Sendable (Set<StaffID>) -> Void = { _ in }
    ) {
        self.spine = spine
        self.receiptKeys = receiptKeys
        self.unsubscribeLinks = unsubscribeLinks
        unsubscribe = Unsubscribe(spine: spine)
        let wakeUp = SendingSignals()
        self.wakeUp = wakeUp
        let recordReports = RecordReports(spine: spine, wakeUp: wakeUp)
        reports = GroupCommit(turnsApart: Pace.calm.events) { try await recordReports($0) }
        let writeMessages = WriteMessages(
            templates: templates,
            publicURL: publicURL,
            zone: zone,
            wakeUp: wakeUp,
            announce: announce
        )
        self.writeMessages = writeMessages
        claimDue = ClaimDue(spine: spine, judge: JudgeDue(zone: zone))
        takeReceipt = TakeReceipt(reports: reports)
        takeText = TakeText(spine: spine, writeMessages: writeMessages)
        handleByHand = HandleByHand(spine: spine, wakeUp: wakeUp)
        changePolicy = ChangePolicy(.notify) { name, work in
            guard name == MarketingPolicy.name else { return }
            try MessageStore(work.tx).reconsiderHeld(at: work.now)
            work.afterCommit { wakeUp.poke(.marketing) }
        }
        showMessages = ShowMessages(spine: spine)
        inbox = Inbox(spine: spine)
    }
}
