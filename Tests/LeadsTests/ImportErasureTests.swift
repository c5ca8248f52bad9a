import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Leads

@Suite("Files with rows about somebody who was forgotten")
struct ImportErasureTests {
    private static let head = "姓名,手机,邮箱\n"
    private static let theirs = "慕容复,138 1234 5678,\n"

    private static func rows(_ count: Int, from first: Int = 0) -> String {
        (first..<(first + count)).map { "客户\($0),1370000\(1_000 + $0),\n" }.joined()
    }

    @Test(
        "a row that is still to be imported is overwritten and rejected; every other row comes in",
        arguments: [0, 1, 2]
    )
    func rejected(_ done: Int) async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", email: "murong@example.com"))
            let uid = try await office.leads()[0].uid
            // One by their number, one by their address in other letters, one in whose cells together the number stands.
            let text =
                Self.head + Self.rows(3) + Self.theirs + Self.rows(3, from: 3) + "某人,,Murong@Example.com\n"
                + "别人,13700009138,12345678@example.com\n"
            let file = try await office.upload(text)
            // Never checked, checked, or in the middle of it.
            if done > 0 { try await office.order(.check, file.id) }
            if done > 1 {
                try await office.give(.start, file.id)
                _ = try await office.app.advanceImport(atMost: 2)
            }
            try await office.erase(uid)
            for word in ["138 1234 5678", "13812345678", "murong@example", "Murong@Example", "慕容复"] {
                #expect(try await office.places(of: word) == [], "\(word)")
            }
            if done < 1 { try await office.order(.check, file.id) }
            if done < 2 { try await office.give(.start, file.id) }
            let end = try #require(try await office.finish())
            #expect(end.status == .done)
            #expect(end.outcome == ImportCounts(new: 7, joined: 0, duplicate: 0, rejected: 2))
            let rows = try await office.spine.read {
                try await ImportRowStore($0).list(of: file.id, .verdict(.rejected), after: 0, limit: 9)
            }
            #expect(rows.map(\.row.number) == [5, 9])
            #expect(rows.map(\.row.reason) == ["erased", "erased"])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a row that goes from one piece of the file into the next is overwritten in both")
    func acrossPieces() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let uid = try await office.leads()[0].uid
            var text = Self.head + "客户,13700000001,\n"
            let room = ImportFileStore.pieceSize - text.utf8.count - 12
            text += String(repeating: String(repeating: "x", count: 999) + "\n", count: room / 1_000)
            text += String(repeating: "\n", count: room % 1_000) + Self.theirs + Self.rows(2)
            let file = try await office.upload(text)
            try await office.erase(uid)
            let bytes = try await office.spine.read { try await ImportFileStore($0).bytes(of: file.id, from: 0) }
            let erased = [UInt8](repeating: ErasedRows.filler, count: Self.theirs.utf8.count - 1)
            let expected = text.replacingOccurrences(
                of: Self.theirs,
                with: String(decoding: erased, as: UTF8.self) + "\n"
            )
            #expect(bytes == Array(expected.utf8))
        }
    }

    @Test("in a file that is over nothing is left of a row that was rejected either")
    func over() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let uid = try await office.leads()[0].uid
            let file = try await office.upload(Self.head + Self.rows(1) + "慕容复,138123456780,138 1234 5678\n")
            try await office.order(.check, file.id)
            let end = try await office.order(.start, file.id)
            #expect(end.status == .done)
            #expect(end.outcome.rejected == 1)
            try await office.erase(uid)
            #expect(try await office.places(of: "138 1234 5678") == [])
            #expect(try await office.places(of: "客户0") != [])
        }
    }
}

extension Office {
    fileprivate func upload(_ text: String) async throws -> Import {
        var left: [UInt8]? = Array(text.utf8)
        let staff = StaffID.new()
        return try await app.uploadImport("leads.csv", atMost: 1_000_000, .staff(staff), by: staff) {
            defer { left = nil }
            return left
        }
    }

    fileprivate func give(_ order: Import.Order, _ id: UUID) async throws {
        let staff = StaffID.new()
        try await spine.perform(.staff(staff)) { work in _ = try await app.orderImport(id, order, by: staff, work) }
    }

    @discardableResult
    fileprivate func order(_ order: Import.Order, _ id: UUID) async throws -> Import {
        try await give(order, id)
        return try #require(try await finish())
    }

    fileprivate func finish() async throws -> Import? {
        var last: Import?
        while let file = try await app.advanceImport(atMost: 4) { last = file }
        return last
    }
}
