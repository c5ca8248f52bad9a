import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

/// Leads as it runs, over a schema of its own: what channels, Sales and the clock do to it.
struct Office: Sendable {
    let app: LeadsApp
    var spine: Spine { app.spine }

    static let team = TeamID(UUID.v7())

    /// Opens an office with the channels `web` (website, key `secret`) and `showroom`.
    static func open(_ body: (Office) async throws -> Void) async throws {
        let migrations = LeadsApp.resources.bundleURL.appending(path: "Migrations")
        try await withSpine("leads", migrations: migrations) { spine in
            let office = Office(app: LeadsApp(spine))
            try await office.openChannels()
            try await body(office)
        }
    }

    /// The office never closes, so that no test depends on the hour at which it runs.
    func openChannels() async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            try await BusinessCalendarStore(work.tx).add(
                .init(version: 1, calendar: .dayAndNight, changedBy: "test", changedAt: work.now, note: nil)
            )
            try await ChannelStore(work.tx).save([
                Channel(ChannelSeed(name: "web", kind: "website", key: "secret")),
                Channel(ChannelSeed(name: "showroom", kind: "showroom", key: nil)),
            ])
        }
    }

    // MARK: What channels do

    @discardableResult
    func push(
        _ bodies: String...,
        channel: String? = "web",
        user: String? = nil,
        id: String? = nil
    ) async throws -> [UUID] {
        try await push(bodies.map { Office.submission($0, channel: channel, user: user, id: id) })
    }

    @discardableResult
    func push(_ submissions: [ReceivedSubmission]) async throws -> [UUID] {
        try await spine.perform(Cause(actor: "test")) { work in try await app.acceptSubmissions(submissions, work) }
    }

    static func submission(
        _ body: String,
        channel: String? = "web",
        user: String? = nil,
        id: String? = nil,
        type: String? = "application/json"
    ) -> ReceivedSubmission {
        submission(Array(body.utf8), channel: channel, user: user, id: id, type: type)
    }

    static func submission(
        _ body: [UInt8],
        channel: String? = "web",
        user: String? = nil,
        id: String? = nil,
        type: String? = "application/json"
    ) -> ReceivedSubmission {
        ReceivedSubmission(
            transport: .amqp,
            routedChannel: channel,
            brokerUser: user,
            messageID: id,
            contentType: type,
            body: body,
            digest: Digest.of(body)
        )
    }

    /// A submission of the channel `web` as JSON.
    static func enquiry(
        _ externalID: String? = nil,
        phone: String? = "13812345678",
        email: String? = nil,
        more: String = ""
    ) -> String {
        var person: [String] = [#""name": "张三""#]
        if let phone { person.append(#""phones": ["\#(phone)"]"#) }
        if let email { person.append(#""emails": ["\#(email)"]"#) }
        let id = externalID.map { #""externalId": "\#($0)","# } ?? ""
        return #"{"channel": "web", \#(id) "person": {\#(person.joined(separator: ", "))}\#(more)}"#
    }

    /// Enquiries of so many different persons.
    static func enquiries(_ count: Int) -> [ReceivedSubmission] {
        (0..<count).map { submission(enquiry("\($0)", phone: "138000000\(10 + $0)")) }
    }

    // MARK: What Sales says

    /// A member of staff is hired or changes.
    @discardableResult
    func staff(
        _ id: StaffID = .new(),
        team: TeamID = Office.team,
        role: String = "agent",
        projects: [String] = [],
        districts: [String] = [],
        capacity: Int = 40,
        onShift: Bool = true,
        active: Bool = true,
        manager: StaffID? = nil,
        sequence: Int64 = 1
    ) async throws -> StaffID {
        let changed = StaffChanged(
            staffID: id,
            name: "Agent",
            email: "agent@lintel.example",
            role: role,
            teamID: team,
            teamName: "Team",
            managerID: manager,
            projects: projects,
            districts: districts,
            capacity: capacity,
            isOnShift: onShift,
            isActive: active,
            language: "en"
        )
        try await hear(changed, about: id, sequence: sequence)
        return id
    }

    func hear(
        _ message: some Contract,
        about subject: some CustomStringConvertible,
        uid: UID? = nil,
        id: UUID = .v7(),
        sequence: Int64? = nil
    ) async throws {
        try await spine.deliver(
            message,
            about: subject,
            uid: uid,
            id: id,
            sequence: sequence,
            to: app.subscriptions
        )
        #expect(try await spine.unsettled() == (0, 0))
    }

    // MARK: What is there

    func leads() async throws -> [Lead] {
        try await spine.read { tx in
            let ids = try await tx.all("SELECT id FROM leads ORDER BY id") { try $0["id"] as LeadID }
            return try await LeadStore(tx).all(ids)
        }
    }

    /// The steps that each lead's ladder has taken, in order.
    func steps() async throws -> [LeadID: [String]] {
        try await spine.events(of: LeadResponseOverdue.self).reduce(into: [:]) {
            $0[$1.leadID, default: []].append($1.step)
        }
    }

    /// How far the deal of each lead has come, in the order of ``leads()``.
    func dealStages() async throws -> [String?] {
        try await spine.read { tx in
            try await tx.all("SELECT deal_stage FROM leads ORDER BY id") { try $0["deal_stage"] }
        }
    }

    func ledger() async throws -> [Row] {
        try await spine.read { tx in
            try await tx.all(
                """
                SELECT id, outcome, reason, field, lead_id, duplicate_of, deliveries::bigint AS deliveries
                  FROM submissions ORDER BY received_at, id
                """
            ) { row in
                Row(
                    id: try row["id"],
                    outcome: try row["outcome"],
                    reason: try row["reason"],
                    field: try row["field"],
                    leadID: try row["lead_id"],
                    duplicateOf: try row["duplicate_of"],
                    deliveries: try row["deliveries"]
                )
            }
        }
    }

    struct Row: Sendable {
        let id: UUID
        let outcome: String
        let reason: String?
        let field: String?
        let leadID: LeadID?
        let duplicateOf: UUID?
        let deliveries: Int
    }

    func count(_ sql: SQL) async throws -> Int {
        try await spine.read { tx in try await tx.first(sql) { try $0["count"] } ?? 0 }
    }
}

extension BusinessCalendar {
    /// Never closed.
    static let dayAndNight = BusinessCalendar(
        week: Dictionary(uniqueKeysWithValues: (1...7).map { ("\($0)", [Interval(from: 0, to: 1_440)]) })
    )
}
