import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Web

@testable import Sales

/// Sales, and what its people do.
struct SalesSide: Sendable {
    let app: SalesApp

    static var migrations: URL { SalesResources.migrations }
    static var projections: [Projection] { [TimelineProjection.projection] }

    init(_ spine: Spine) async throws {
        app = SalesApp(spine: spine, passwords: PasswordHash.Parameters(rounds: 16))
        try await app.seedStaff(try Self.staff())
        try await app.seedProjects(try Self.projects())
    }

    var side: Side {
        Side(
            spine: app.spine,
            subscriptions: app.subscriptions,
            timers: app.timers,
            projections: app.projections,
            settle: {}
        )
    }

    private func acts<Result: Sendable>(_ body: @Sendable (Access, Work) async throws -> Result) async throws -> Result
    {
        let everybody = try await app.spine.read { try await StaffStore($0).everybody() }
        guard let head = everybody.first(where: { $0.email.hasPrefix("head") }) else { throw Missing(what: "head") }
        let access = Access(Principal(head))
        return try await app.spine.perform(.staff(head.id)) { work in try await body(access, work) }
    }

    func customers() async throws -> [UID] {
        try await app.spine.read { tx in
            try await tx.all("SELECT uid FROM customers ORDER BY first_seen_at, uid") { try $0["uid"] }
        }
    }

    func speak(with uid: UID, _ kind: String, isReached: Bool) async throws {
        let report = ContactReport(kind: kind, isReached: isReached, note: "说过了", nextAction: "call")
        _ = try await acts { access, work in try await app.logContact(report, with: uid, by: access, work) }
    }

    func openDeal(with uid: UID) async throws {
        _ = try await acts { access, work in try await app.openDeal(DealWish(uid: uid), by: access, work) }
    }

    /// The open deal that has waited longest; nil when there is none.
    private func openDeal() async throws -> DealID? {
        try await app.spine.read { tx in
            try await tx.first(
                "SELECT id FROM deals WHERE stage NOT IN ('won', 'lost') ORDER BY opened_at, id LIMIT 1"
            ) { try $0["id"] }
        }
    }

    func loseDeal() async throws {
        guard let deal = try await openDeal() else { return }
        _ = try await acts { access, work in
            try await app.loseDeal(deal, reason: "price", note: nil, by: access, work)
        }
    }

    /// Sells the next free unit.
    func winDeal() async throws {
        guard let deal = try await openDeal() else { return }
        let free = try await app.spine.read { try await UnitStore($0).list() }.first { $0.state == .free }
        guard let unit = free else { return }
        _ = try await acts { access, work in
            try await app.holdUnit(unit.id, for: deal, minutes: nil, by: access, work)
        }
        let record = ContractRecord(price: unit.price)
        _ = try await acts { access, work in try await app.signContract(record, for: deal, by: access, work) }
    }

    func changeShift(_ dice: inout Dice) async throws {
        let staff = try await app.spine.read { try await StaffStore($0).everybody() }.filter { $0.role == .agent }
        guard let one = dice.one(of: staff) else { return }
        _ = try await app.changeShift(of: one.id, isOnShift: !one.isOnShift, cause: Cause(actor: "test"))
    }

    // MARK: What there is at the beginning

    private static func staff() throws -> StaffSeed {
        let people = [("agent", "林晓峰", "agent"), ("second", "陈悦", "agent"), ("service", "周静", "service")].map {
            #"{"email":"\#($0.0)@x.example","name":"\#($0.1)","role":"\#($0.2)","team":"river","language":"zh""#
        }
        let all = people + [#"{"email":"head@x.example","name":"顾承志","role":"manager","head":true,"team":null"#]
        let entries = all.map { $0 + #","password":"correct horse"}"# }.joined(separator: ",")
        let team = #"{"key":"river","name":{"en":"River","zh":"江"},"projects":["river-park"],"regions":["浦东"]}"#
        return try read(StaffSeed.init(file:), #"{"teams":[\#(team)],"staff":[\#(entries)]}"#)
    }

    private static func projects() throws -> ProjectSeed {
        let units = (10...30).map { number in
            #"""
            {"key":"rp-1-\#(number)","number":"\#(number)","floor":1,"layout":"3室2厅","area":118.0,"facing":"南",
             "price":{"amount":\#(520_000_000 + number),"currency":"CNY"}}
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

    private static func read<Seed>(_ seed: (String) throws -> Seed, _ text: String) throws -> Seed {
        let file = URL.temporaryDirectory.appending(path: "lintel-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }  // the seed was read, whatever becomes of it
        try text.write(to: file, atomically: true, encoding: .utf8)
        return try seed(file.path)
    }
}

struct Missing: Error {
    let what: String
}
