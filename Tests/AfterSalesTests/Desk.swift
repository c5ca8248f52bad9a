import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import AfterSales

/// A service desk over a database of its own, and what people do there.
struct Desk {
    let app: AfterSalesApp
    let supervisor = StaffID.new()
    let head = StaffID.new()
    let clerks: [StaffID]
    let customer = UID.new()

    var spine: Spine { app.spine }

    /// Opens a desk with so many people on shift, a supervisor, a head and one customer.
    static func open(clerks: Int = 2, _ body: @Sendable (Desk) async throws -> Void) async throws {
        let migrations = AfterSalesApp.resources.bundleURL.appending(path: "Migrations")
        try await withSpine("service", migrations: migrations) { spine in
            let app = AfterSalesApp(spine: spine, zone: TimeZone(identifier: "Asia/Shanghai") ?? .gmt)
            let desk = Desk(app: app, clerks: (0..<clerks).map { _ in StaffID.new() })
            for (index, clerk) in desk.clerks.enumerated() { try await desk.hires(clerk, "clerk \(index)", "service") }
            try await desk.hires(desk.supervisor, "supervisor", "supervisor")
            try await desk.hires(desk.head, "head", "head")
            try await desk.learnsOf(desk.customer)
            try await body(desk)
        }
    }

    func hires(
        _ id: StaffID,
        _ name: String,
        _ role: String,
        isOnShift: Bool = true,
        sequence: Int64 = 1
    ) async throws {
        let member = StaffChanged(
            staffID: id,
            name: name,
            email: "\(id)@lintel.example",
            role: role,
            projects: [],
            districts: [],
            capacity: 10,
            isOnShift: isOnShift,
            isActive: true,
            language: "zh-Hans"
        )
        try await spine.deliver(member, about: id, sequence: sequence, to: app.subscriptions)
    }

    func learnsOf(_ uid: UID, name: String? = "张三", sequence: Int64 = 1) async throws {
        let person = PersonIdentified(
            uid: uid,
            person: PersonCard(name: name, phones: ["+8613812345678"], emails: ["zs@example.com"]),
            consent: Consent(sms: true),
            isNew: sequence == 1
        )
        try await spine.deliver(person, about: uid, uid: uid, sequence: sequence, to: app.subscriptions)
    }

    /// A customer complains, and somebody takes it down.
    @discardableResult
    func takes(_ title: String = "卫生间漏水", kind: String = "complaint") async throws -> Case {
        let said = NewCase(uid: customer, kind: kind, title: title, text: "从昨天晚上开始")
        return try await app.openCase(CaseRequest(said), .staff(clerks.first ?? supervisor))
    }

    @discardableResult
    func answers(_ id: CaseID) async throws -> Case {
        let clerk = clerks.first ?? supervisor
        return try await app.replyToCase(id, "师傅明天上午上门。", by: clerk, .staff(clerk))
    }

    /// A contract as Sales tells of it.
    func contract(price: Int64 = 420_000_000, handoverDueAt: Date? = nil) -> ContractSigned {
        var contract = ContractSigned.example
        contract.contractID = .new()
        contract.uid = customer
        contract.price = Money(minor: price)
        contract.handoverDueAt = handoverDueAt
        return contract
    }

    /// A contract is signed, and the hand-over that follows from it is known.
    func signs() async throws -> HandoverID {
        let contract = contract()
        try await spine.deliver(contract, about: contract.contractID, uid: customer, to: app.subscriptions)
        let opened = try await spine.events(of: HandoverOpened.self)
        return try #require(opened.last { $0.contractID == contract.contractID }).handoverID
    }

    /// Everything that is due at `now` happens.
    @discardableResult
    func waits(until now: Date) async throws -> Int { try await spine.fireTimers(app.timers, now: now) }

    /// Timers that have fired are set again and fire at once.
    func ringsAgain(_ kind: String, _ keys: [some CustomStringConvertible & Sendable]) async throws {
        try await spine.ringsAgain(kind, keys, app.timers)
    }

    func alerts(for id: CaseID) async throws -> [SLABreached] {
        try await spine.events(of: SLABreached.self).filter { $0.caseID == id }
    }

    /// How many timers are set.
    func promises(_ kind: String) async throws -> Int {
        try await spine.read { tx in
            try await tx.first("SELECT count(*) AS n FROM timers WHERE kind = \(kind)") { try $0["n"] } ?? 0
        }
    }
}

/// An instant as people in Shanghai write it.
func shanghai(_ text: String) -> Date {
    Wire.date(from: text + ":00+08:00") ?? .distantPast
}
