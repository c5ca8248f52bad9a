import Contracts
import Foundation

/// What a rule wants: tell somebody something.
struct Notice: Sendable {
    enum Recipient: Sendable, Hashable {
        case customer(UID)
        case staff(StaffID)
        /// Whoever leads the team of that member of staff; nobody when it has no leader.
        case managerOf(StaffID)
    }

    let recipient: Recipient
    let template: String
    let channels: [Channel]
    let purpose: Purpose
    /// What a customer is written to for; they allow or refuse it apart.
    var topic: ConsentPurpose?
    /// The path in the console that it is about.
    var link: String?
    let variables: [String: TextVariable]
    /// Members of staff whom the text names, by variable.
    var names: [String: StaffID] = [:]
    /// Those who are written to at once.
    var audienceID: UUID?
    /// The text may speak of `customer`, `agent` and `project`, as far as they are known.
    var isPersonal = false

    /// Something for a member of staff to do or to know.
    static func work(
        for recipient: Recipient,
        _ template: String,
        by channels: [Channel],
        link: String,
        _ variables: [String: TextVariable],
        names: [String: StaffID] = [:]
    ) -> Notice {
        Notice(
            recipient: recipient,
            template: template,
            channels: channels,
            purpose: .work,
            link: link,
            variables: variables,
            names: names
        )
    }

    /// Something for a customer.
    static func customer(
        _ uid: UID,
        _ template: String,
        by channels: [Channel],
        _ purpose: Purpose,
        for topic: ConsentPurpose,
        _ variables: [String: TextVariable] = [:]
    ) -> Notice {
        Notice(
            recipient: .customer(uid),
            template: template,
            channels: channels,
            purpose: purpose,
            topic: topic,
            variables: variables
        )
    }

    /// Something that a customer did not ask for, in their own name.
    static func marketing(_ uid: UID, _ template: String) -> Notice {
        var notice = customer(uid, template, by: [.sms, .email], .courtesy, for: .marketing)
        notice.isPersonal = true
        return notice
    }
}

/// What is to be said when an event is heard.
struct NotificationRule<Event: Contract>: Sendable {
    /// Its stable name; shown as the why of its messages.
    let name: String
    let version: Int
    let notices: @Sendable (Event) -> [Notice]

    init(_ name: String, version: Int = 1, _ notices: @escaping @Sendable (Event) -> [Notice]) {
        self.name = name
        self.version = version
        self.notices = notices
    }
}
