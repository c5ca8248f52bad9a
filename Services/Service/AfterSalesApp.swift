import Foundation
import Messaging

/// What the service can do: its table of contents.
struct AfterSalesApp: Sendable {
    /// Where the migrations, pages and words are.
    static var resources: Bundle { .module }

    let spine: Spine

    // Hand-over
    let openHandover: OpenHandover
    let completeHandover: CompleteHandover
    let correctHandover: CorrectHandover

    // Cases
    let openCase: OpenCase
    let replyToCase: ReplyToCase
    let closeCase: CloseCase
    let giveCase: GiveCase
    let takeAnswer = TakeAnswer()

    // Promises that clocks keep
    let alertUnanswered: AlertUnanswered
    let giveCare: GiveCare

    // Who is served
    let keepCustomers: KeepCustomers

    /// `zone` is where days begin: for the numbers of cases by year and the hour of care.
    init(spine: Spine, zone: TimeZone) {
        let planCare = PlanCare(zone: zone)
        self.spine = spine
        openHandover = OpenHandover()
        completeHandover = CompleteHandover(spine: spine, planCare: planCare)
        correctHandover = CorrectHandover(spine: spine, planCare: planCare)
        openCase = OpenCase(spine: spine, zone: zone)
        replyToCase = ReplyToCase(spine: spine)
        closeCase = CloseCase(spine: spine)
        giveCase = GiveCase(spine: spine)
        alertUnanswered = AlertUnanswered()
        giveCare = GiveCare()
        keepCustomers = KeepCustomers()
    }
}
