import Contracts
import Foundation

/// What somebody of ours enters by hand: a person who called, or stood before them.
struct ManualEntry: Sendable, Equatable {
    var channel: String
    var campaign: String?
    var name: String?
    var phone: String?
    var email: String?
    var wechat: String?
    var project: String?
    var budget: String?
    var timeframe: String?
    var message: String?

    /// As the intake contract says it.
    var submission: SubmitLead {
        let most = budget.flatMap(PlatformAmount.yuan).map { MoneyRange(max: $0 * 100, currency: "CNY") }
        let need = Need(projects: project.map { [$0] }, budget: most, timeframe: timeframe)
        return SubmitLead(
            channel: channel,
            campaign: campaign,
            person: .init(name: name, phones: phone.map { [$0] }, emails: email.map { [$0] }, wechat: wechat),
            need: need == Need() ? nil : need,
            message: message
        )
    }
}
