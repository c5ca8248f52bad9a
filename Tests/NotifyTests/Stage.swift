import Contracts
import Foundation
import Messaging
import Outbound
import Policies
import Postgres
import TestSupport
import Web

@testable import Notify

/// Notify as tests see it: the real database, texts and rules, and people to write to.
struct Stage: Sendable {
    let spine: Spine
    let app: NotifyApp

    static let customer = PersonCard(
        name: "张三",
        phones: ["+8613812345678"],
        emails: ["zhang.san@example.com"],
        language: "zh"
    )
    let uid = UID.new()
    let agent = StaffID.new()
    let manager = StaffID.new()
    let team = TeamID.new()
    let lead = LeadID.new()

    static let links = UnsubscribeLinks(publicURL: "http://localhost:8080", password: "smspw")

    static func templates() throws -> Templates {
        try Templates(folder: NotifyFiles.texts, zone: .shanghai)
    }

    /// Gives `body` a migrated Notify in which a customer who agrees to everything, an agent and a manager are known.
    static func open(
        consent: Consent = Consent(sms: true, email: true, call: true),
        marketing: MarketingPolicy = .roundTheClock,
        _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        try await withSpine("notify", migrations: NotifyFiles.migrations) { spine in
            let app = NotifyApp(
                spine: spine,
                templates: try templates(),
                publicURL: "http://localhost:8080",
                receiptKeys: ReceiptKeys(password: "smspw"),
                unsubscribeLinks: links,
                zone: .shanghai
            )
            let stage = Stage(spine: spine, app: app)
            try await stage.orders(marketing)
            try await stage.hears(
                PersonIdentified(uid: stage.uid, person: customer, consent: consent, isNew: true),
                about: stage.uid,
                uid: stage.uid,
                sequence: 1
            )
            try await stage.hires(stage.manager, "王经理", role: "manager", phone: "+8613800000002", language: "zh-Hans")
            try await stage.hires(stage.agent, "Li Na", role: "agent", phone: "+8613800000001", language: "en")
            try await body(stage)
        }
    }

    func hears(
        _ event: some Contract,
        about subject: some CustomStringConvertible,
        uid: UID? = nil,
        id: UUID = .v7(),
        sequence: Int64 = 1,
        at time: Date = Date()
    ) async throws {
        try await spine.deliver(
            event,
            about: subject,
            uid: uid,
            id: id,
            sequence: sequence,
            at: time,
            to: app.subscriptions
        )
    }

    func hires(
        _ id: StaffID,
        _ name: String,
        role: String,
        phone: String?,
        language: String,
        sequence: Int64 = 1,
        isActive: Bool = true
    ) async throws {
        try await hears(
            StaffChanged(
                staffID: id,
                name: name,
                email: "\(role)@lintel.example",
                phone: phone,
                role: role,
                teamID: team,
                managerID: manager,
                projects: [],
                districts: [],
                capacity: 10,
                isOnShift: true,
                isActive: isActive,
                language: language
            ),
            about: id,
            sequence: sequence
        )
    }

    var received: LeadReceived {
        var event = LeadReceived.example
        (event.leadID, event.uid, event.person) = (lead, uid, Stage.customer)
        return event
    }

    var assigned: LeadAssigned {
        var event = LeadAssigned.example
        (event.leadID, event.uid, event.ownerID, event.teamID) = (lead, uid, agent, team)
        return event
    }

    var opened: CaseOpened {
        var event = CaseOpened.example
        (event.uid, event.ownerID) = (uid, agent)
        return event
    }

    /// Everybody, as they are signed in.
    func principal(_ role: Role = .agent) -> Principal {
        let id =
            switch role {
            case .agent: agent
            case .manager: manager
            default: StaffID.new()
            }
        return Principal(
            staffID: id.uuid,
            name: "Li Na",
            email: "li.na@lintel.example",
            role: role,
            scope: role.usualScope,
            teamID: team.uuid
        )
    }

    /// All messages, oldest first.
    func messages() async throws -> [Message] {
        try await spine.read { tx in
            try await tx.all("SELECT \(Message.columns) FROM messages m ORDER BY m.id") { try Message(row: $0) }
        }
    }

    func message(_ template: String, _ channel: Channel) async throws -> Message? {
        try await messages().first { $0.template == template && $0.channel == channel }
    }

    func attempts(of id: MessageID) async throws -> [String] {
        try await spine.read { tx in
            try await tx.all("SELECT kind, outcome FROM attempts WHERE message_id = \(id) ORDER BY at, kind") { row in
                let kind: String = try row["kind"]
                let outcome: String = try row["outcome"]
                return "\(kind) \(outcome)"
            }
        }
    }

    /// What sends over these lanes, not running yet.
    func sending(over lanes: [Sending.Lane]) -> Sending {
        Sending(
            spine: spine,
            claimDue: app.claimDue,
            lanes: lanes,
            reports: app.reports,
            wakeUp: app.wakeUp,
            logger: testLogger("sending")
        )
    }

    /// Claims and sends what is due on a channel, once, with the given carrier; returns how many calls were made.
    @discardableResult
    func sends(_ channel: Channel, with carrier: any Carrier) async throws -> Int {
        let lanes = Sending.Lane.Rank.allCases.map { rank in
            Sending.Lane(
                name: .init(channel: channel, rank: rank),
                carrier: carrier,
                width: 50,
                lease: 30,
                turnsApart: .zero
            )
        }
        let sending = sending(over: lanes)
        var calls = 0
        for lane in lanes {
            let batch = try await app.claimDue(lane.name, limit: lane.width, lease: lane.lease)
            await withDiscardingTaskGroup { group in
                for one in batch.ready { group.addTask { await sending.deliver(one, on: lane) } }
            }
            calls += batch.ready.count
        }
        return calls
    }

    /// Waits until a message is in a state.
    func waits(for state: MessageState, of template: String, _ channel: Channel) async throws -> Message? {
        try await eventually("\(template) is \(state)") { try await message(template, channel)?.state == state }
        return try await message(template, channel)
    }
}

extension Stage {
    /// An administrator changes the numbers of marketing.
    func orders(_ policy: MarketingPolicy) async throws {
        try await spine.perform(.staff(manager)) { work in
            let present = try await PolicyStore(work.tx).current(MarketingPolicy.self)
            let wish = PolicyWish(version: present.version, values: policy.values)
            try await app.changePolicy(MarketingPolicy.name, wish, work)
        }
    }
}

extension MarketingPolicy {
    /// Tests run at any time of the day.
    static var roundTheClock: MarketingPolicy {
        var policy = MarketingPolicy.standard
        policy.hasQuietHours = false
        return policy
    }

    /// Quiet hours around the clock's present hour: they end within two hours.
    static var quietNow: MarketingPolicy {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .shanghai
        let hour = calendar.component(.hour, from: Date())
        var policy = MarketingPolicy.standard
        (policy.quietFrom, policy.quietUntil) = (hour * 60, (hour + 2) % 24 * 60)
        return policy
    }
}

/// Where Notify's files are.
enum NotifyFiles {
    static let home = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Services/Notify")
    static let texts = home.appending(path: "Templates/Texts")
    static let migrations = home.appending(path: "Migrations")
    static let pages = home.appending(path: "Pages")
}

/// The gateway and the mail server that `make test` starts.
enum Carriers {
    static func sms(
        password: String? = nil,
        callback: String = "http://127.0.0.1:9/notify/hooks/sms"
    ) -> SMSGateway {
        SMSGateway(
            SMSGateway.Configuration(
                url: TestServers.required("LINTEL_TEST_SMS_URL"),
                user: TestServers.required("LINTEL_TEST_SMS_USER"),
                password: password ?? TestServers.required("LINTEL_TEST_SMS_PASSWORD"),
                from: "10690000",
                callbackURL: callback
            ),
            keys: ReceiptKeys(password: "smspw")
        )
    }

    static func mail(url: String? = nil) -> MailServer {
        var configuration = MailClient.Configuration(url: url ?? TestServers.required("LINTEL_TEST_SMTP_URL"))
        configuration.user = TestServers.required("LINTEL_TEST_SMTP_USER")
        configuration.password = TestServers.required("LINTEL_TEST_SMTP_PASSWORD")
        configuration.caFile = TestServers.required("LINTEL_TEST_SMTP_CA_FILE")
        return MailServer(
            configuration,
            from: Mailbox(name: "Lintel", address: "crm@lintel.example"),
            links: Stage.links
        )
    }
}
