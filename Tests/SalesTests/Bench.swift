import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Web

@testable import Sales

/// A small agency: one team with two agents and a manager, another agent elsewhere, a service desk, one project.
struct Agency: Sendable {
    let spine: Spine
    let app: SalesApp
    let staff: [String: Staff]

    static let password = "correct horse"

    /// Gives `body` an agency over a schema of its own.
    static func open<Result: Sendable>(_ body: (Agency) async throws -> Result) async throws -> Result {
        try await withSpine(
            "sales",
            migrations: SalesResources.migrations,
            projections: [TimelineProjection.projection]
        ) { spine in
            let app = SalesApp(spine: spine, passwords: PasswordHash.Parameters(rounds: 16))
            try await app.seedStaff(try Samples.staff())
            try await app.seedProjects(try Samples.projects())
            let staff = try await spine.read { try await StaffStore($0).everybody() }
            let byName = Dictionary(staff.map { (String($0.email.prefix { $0 != "@" }), $0) }) { first, _ in first }
            return try await body(Agency(spine: spine, app: app, staff: byName))
        }
    }

    func member(_ name: String) throws -> Staff {
        guard let found = staff[name] else { throw Missing(what: name) }
        return found
    }

    func access(_ name: String) throws -> Access {
        Access(try principal(name))
    }

    func principal(_ name: String) throws -> Principal { Principal(try member(name)) }

    /// Leads told of a person whose lead was given to somebody.
    @discardableResult
    func customer(of owner: String, name: String = "张三", phone: String = "+8613812345678") async throws -> UID {
        let uid = UID.new()
        let lead = LeadID.new()
        let member = try member(owner)
        var received = LeadReceived.example
        received.uid = uid
        received.leadID = lead
        received.person = PersonCard(name: name, phones: [phone], emails: [], language: "zh")
        var assigned = LeadAssigned.example
        assigned.uid = uid
        assigned.leadID = lead
        assigned.ownerID = member.id
        assigned.teamID = member.team?.id
        assigned.previousOwnerID = nil
        assigned.pool = nil
        assigned.customerName = name
        assigned.firstResponseDueAt = spine.clock.now.addingTimeInterval(300)
        // By the clock that what follows goes by, too.
        let now = spine.clock.now
        try await spine.deliver(received, about: lead, uid: uid, at: now, to: app.subscriptions)
        try await spine.deliver(assigned, about: lead, uid: uid, at: now, to: app.subscriptions)
        return uid
    }

    func deal(with uid: UID, by name: String) async throws -> Deal {
        try await acts(name) { access, work in try await app.openDeal(DealWish(uid: uid), by: access, work) }
    }

    /// Somebody does something.
    func acts<Result: Sendable>(
        _ name: String,
        _ body: @Sendable (Access, Work) async throws -> Result
    ) async throws -> Result {
        let access = try access(name)
        return try await spine.perform(.staff(access.staffID)) { work in try await body(access, work) }
    }

    func units() async throws -> [Sales.Unit] { try await spine.read { try await UnitStore($0).list() } }

    func firstUnit() async throws -> Sales.Unit {
        guard let unit = try await units().first else { throw Missing(what: "unit") }
        return unit
    }
}

struct Missing: Error {
    let what: String
}

/// The seed files of the agency.
enum Samples {
    static func staff(agentName: String = "林晓峰") throws -> StaffSeed {
        let people = [
            #"{"email":"agent@x.example","name":"\#(agentName)","role":"agent","team":"river","language":"zh","phone":"+8613800000011""#,
            #"{"email":"Second@x.example","name":"陈悦","role":"agent","team":"river","language":"zh""#,
            #"{"email":"manager@x.example","name":"沈婉清","role":"manager","team":"river","language":"zh""#,
            #"{"email":"other@x.example","name":"Anna Keller","role":"agent","team":"desk","language":"en""#,
            #"{"email":"service@x.example","name":"周静","role":"service","team":null"#,
            #"{"email":"admin@x.example","name":"Su Lan","role":"admin","team":null"#,
            #"{"email":"head@x.example","name":"顾承志","role":"manager","head":true,"team":null"#,
        ].map { $0 + #","password":"\#(Agency.password)"}"# }
        let teams = ["river", "desk"].map {
            #"{"key":"\#($0)","name":{"en":"Team \#($0)","zh":"\#($0) 组"},"projects":["river-park"],"regions":["浦东"]}"#
        }
        return try read(
            StaffSeed.init(file:),
            #"{"teams":[\#(teams.joined(separator: ","))],"staff":[\#(people.joined(separator: ","))]}"#
        )
    }

    static func projects() throws -> ProjectSeed {
        let units = (1...6).map { number in
            let price = 520_000_000 + number
            return #"""
                {"key":"rp-1-010\#(number)","number":"010\#(number)","floor":1,"layout":"3室2厅","area":118.0,"facing":"南",
                 "price":{"amount":\#(price),"currency":"CNY"}}
                """#
        }
        return try read(
            ProjectSeed.init(file:),
            #"""
            {"projects":[{"key":"river-park","name":{"en":"River Park","zh":"滨江花园"},"district":"浦东","city":"上海",
              "buildings":[{"key":"rp-1","name":"1","floors":12,"units":[\#(units.joined(separator: ","))]}]}]}
            """#
        )
    }

    /// What is read from a file with this text, which is gone afterwards.
    static func read<Seed>(_ seed: (String) throws -> Seed, _ text: String) throws -> Seed {
        let file = URL.temporaryDirectory.appending(path: "lintel-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }  // the seed was read, whatever becomes of it
        try text.write(to: file, atomically: true, encoding: .utf8)
        return try seed(file.path)
    }
}
