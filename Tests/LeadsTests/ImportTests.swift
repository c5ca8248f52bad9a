import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Imports")
struct ImportTests {
    private static let head = "姓名,手机,预算(万),编号\r\n"

    /// Rows of so many different people.
    private static func rows(_ count: Int, from first: Int = 0) -> String {
        (first..<(first + count)).map { "客户\($0),1380000\(1_000 + $0),350,\n" }.joined()
    }

    /// Uploads a file, as it would come over the line: in pieces.
    private func upload(_ bytes: [UInt8], to office: Office, by staff: StaffID = .new()) async throws -> Import {
        var left = bytes[...]
        return try await office.app.uploadImport("leads.csv", atMost: 1_000_000, .staff(staff), by: staff) {
            defer { left = left.dropFirst(1_000) }
            return left.isEmpty ? nil : Array(left.prefix(1_000))
        }
    }

    /// Gives an order and does what follows from it, some rows at a time.
    @discardableResult
    private func order(_ order: Import.Order, _ id: UUID, _ office: Office, atOnce: Int = 7) async throws -> Import {
        let staff = StaffID.new()
        let file = try await office.spine.perform(.staff(staff)) { work in
            try await office.app.orderImport(id, order, by: staff, work)
        }
        return try await finish(office, atOnce: atOnce) ?? file
    }

    private func finish(_ office: Office, atOnce: Int = 7) async throws -> Import? {
        var last: Import?
        while let file = try await office.app.advanceImport(atMost: atOnce) { last = file }
        return last
    }

    private func rows(_ id: UUID, _ office: Office, _ filter: ImportRowFilter = .all) async throws -> [ImportRowView] {
        try await office.spine.read { try await ImportRowStore($0).list(of: id, filter, after: 0, limit: 1_000) }
    }

    @Test("a dry run says what each row would come to, changes nothing, and is right")
    func dryRun() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", phone: "13800001003"))
            let text =
                Self.head + Self.rows(5) + "无号,12,350,\n" + "客户0,13800001000,350,\n" + "客户0,13800001000,400,\n"
                + "坏行,\"x\n"
            let file = try await upload(Array(text.utf8), to: office)
            #expect(file.columns == [.name, .phone, .budget, .externalID])
            let before = try await office.ledger().count
            let checked = try await order(.check, file.id, office)
            #expect(checked.status == .checked)
            #expect(checked.forecast == ImportCounts(new: 4, joined: 2, duplicate: 1, rejected: 2))
            #expect(try await office.ledger().count == before)
            let marks = try await office.count("SELECT count(*) FROM import_marks")
            #expect(marks == 0)
            let forecast = try await rows(file.id, office)
            #expect(forecast.map(\.row.number) == [2, 3, 4, 5, 6, 7, 8, 9, 10])
            #expect(forecast[5].row.field == "person/phones/0")
            #expect(forecast[6].row.sameAs == 2)
            let done = try await order(.start, file.id, office)
            #expect(done.status == .done)
            #expect(done.outcome == done.forecast)
            let verdicts = try await rows(file.id, office)
            #expect(verdicts.map(\.row.verdict) == forecast.map(\.row.verdict))
            #expect(try await office.app.auditLedger().breaches.map(\.law) == [])
            #expect(try await office.spine.events(of: ImportEnded.self).map(\.outcome) == ["done"])
        }
    }

    @Test("a file in GB18030 is read as such, and one that is not all UTF-8 names the rows that are not")
    func encodings() async throws {
        try await Office.open { office in
            try await office.staff()
            let name: [UInt8] = [0xD5, 0xC5, 0xC8, 0xFD]
            let chinese = [0xD0, 0xD5, 0xC3, 0xFB] + Array(",phone\n".utf8) + name + Array(",13800001000\n".utf8)
            let file = try await upload(chinese, to: office)
            #expect(file.encoding == .gb18030)
            try await order(.check, file.id, office)
            try await order(.start, file.id, office)
            let known = try await office.count("SELECT count(*) FROM persons WHERE name = '张三'")
            #expect(known == 1)
            let mixed = Array("姓名,phone\n李四,13800001001\n".utf8) + name + Array(",13800001002\n王五,13800001003\n".utf8)
            let other = try await upload(mixed, to: office)
            try await order(.check, other.id, office)
            let wrong = try await rows(other.id, office, .verdict(.rejected))
            #expect(wrong.map(\.row.number) == [3])
            #expect(wrong.map(\.row.reason) == ["not-utf-8"])
        }
    }

    @Test("whoever imports is the actor of what follows")
    func actor() async throws {
        try await Office.open { office in
            try await office.staff()
            let file = try await upload(Array((Self.head + Self.rows(1)).utf8), to: office)
            try await order(.check, file.id, office)
            let done = try await order(.start, file.id, office)
            let received = try await office.spine.events().filter { $0.envelope.type == LeadReceived.name }
            #expect(received.map(\.envelope.actor) == ["staff:\(done.orderedBy)"])
        }
    }

    @Test("an import goes on where it stopped, however often, also when two replicas do it at once")
    func resumed() async throws {
        try await Office.open { office in
            try await office.staff()
            let file = try await upload(Array((Self.head + Self.rows(300)).utf8), to: office)
            try await order(.check, file.id, office, atOnce: 100)
            let staff = StaffID.new()
            try await office.spine.perform(.staff(staff)) { work in
                _ = try await office.app.orderImport(file.id, .start, by: staff, work)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        // Whoever finds the import in another's hands has nothing to do.
                        for _ in 0..<20 { _ = try await office.app.advanceImport(atMost: Int.random(in: 1...9)) }
                    }
                }
                try await group.waitForAll()
            }
            let ended = try await finish(office)
            let done = try #require(try await office.spine.read { try await ImportStore($0).find(file.id) })
            #expect(ended == nil || ended == done)
            #expect(done.status == .done)
            #expect(done.outcome.new == 300)
            #expect(try await office.leads().count == 300)
            #expect(try await rows(file.id, office).count == 300)
        }
    }

    @Test("an import is paused between two rows, cancelled and undone; what somebody has worked on is left and named")
    func undone() async throws {
        try await Office.open { office in
            try await office.staff()
            let file = try await upload(Array((Self.head + Self.rows(20)).utf8), to: office)
            try await order(.check, file.id, office)
            let staff = StaffID.new()
            let orders = office.app.orderImport
            try await office.spine.perform(.staff(staff)) { _ = try await orders(file.id, .start, by: staff, $0) }
            _ = try await office.app.advanceImport(atMost: 10)
            try await order(.pause, file.id, office)
            let cancelled = try await order(.cancel, file.id, office)
            #expect(cancelled.outcome.total == 10)
            // Leads of one batch have no order among themselves: not the one who enquires again.
            let all = try await rows(file.id, office)
            let row = try #require(all.map(\.row).first { $0.number == 9 })
            let leads = try await office.leads()
            let spokenWith = try #require(leads.first { $0.id == row.leadID })
            try await office.hear(
                ContactLogged(
                    contactID: .new(),
                    uid: spokenWith.uid,
                    leadID: spokenWith.id,
                    staffID: .new(),
                    kind: "call",
                    isReached: true,
                    contactedAt: Date()
                ),
                about: spokenWith.uid
            )
            try await office.push(Office.enquiry("again", phone: "13800001001"))
            let undone = try await order(.undo, file.id, office)
            #expect(undone.status == .undone)
            #expect(undone.undone == UndoCounts(discarded: 8, left: 2, people: 9))
            let left = try await rows(file.id, office, .left)
            #expect(Set(left.map(\.undo)) == [.spokenWith, .enquiredAgain])
            let again = try await order(.undo, file.id, office)
            #expect(again.undone == undone.undone)
            #expect(try await office.spine.events(of: LeadDiscarded.self).map(\.reason).count == 8)
            #expect(try await office.leads().count { $0.status == .discarded } == 8)
            #expect(try await office.app.auditLedger().breaches.map(\.law) == [])
        }
    }

    @Test("what cannot be stored is refused by itself and stops no other")
    func pace() {
        var pace = ImportLoop.Pace()
        pace.failed()
        #expect(pace.isNarrow && !pace.isRefusing)
        pace.failed()
        #expect(pace.isRefusing)
        pace.went()
        #expect(pace.isNarrow && !pace.isRefusing)
        for _ in 0..<ImportLoop.Pace.narrowed { pace.went() }
        #expect(!pace.isNarrow)
    }

    @Test("a file that is too large is refused, and nothing of it is kept")
    func tooLarge() async throws {
        try await Office.open { office in
            await #expect { _ = try await upload(Array(repeating: 0x61, count: 1_100_000), to: office) } throws: {
                ($0 as? Rejection)?.code == "file-too-large"
            }
            let files = try await office.count("SELECT count(*) FROM imports")
            let pieces = try await office.count("SELECT count(*) FROM import_pieces")
            #expect(files == 0)
            #expect(pieces == 0)
        }
    }

    @Test("an order that makes no sense is refused by name")
    func senseless() async throws {
        try await Office.open { office in
            let file = try await upload(Array((Self.head + Self.rows(1)).utf8), to: office)
            await #expect { _ = try await order(.undo, file.id, office) } throws: {
                ($0 as? Rejection)?.code == "import-mapping"
            }
        }
    }
}
