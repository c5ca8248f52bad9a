import Contracts
import Failures
import Foundation
import Testing
import Web

@testable import Leads

@Suite("How uploaded files are read")
struct ImportFileTests {
    /// Every record and its cells, read as if the file came in pieces of so many bytes.
    private func read(_ text: String, separator: String = ",", piece: Int = 1_000_000) -> [[String]] {
        let bytes = Array(text.utf8)
        let records = CSVRecords(separator: separator.utf8.first ?? 0)
        var cells: [[String]] = []
        var place = 0
        var known = min(piece, bytes.count)
        while place < bytes.count {
            let window = Array(bytes[..<known])
            if let record = records.next(in: window, from: place, isLast: known == bytes.count) {
                place = record.end
                if !record.isBlank { cells.append(records.cells(of: String(decoding: record.bytes, as: UTF8.self))) }
            } else {
                known = min(bytes.count, known + piece)
            }
        }
        return cells
    }

    @Test(
        "cells are as RFC 4180 and spreadsheets write them",
        arguments: [
            ("a,b\r\nc,d", [["a", "b"], ["c", "d"]]), ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
            ("a\rb\r", [["a"], ["b"]]), ("\"a,1\",\"b \"\"x\"\"\"", [["a,1", "b \"x\""]]),
            ("\"two\r\nlines\",b\r\nc", [["two\r\nlines", "b"], ["c"]]), ("a,,\n", [["a", "", ""]]),
            ("5\" pipe,b\nc,d", [["5\" pipe", "b"], ["c", "d"]]), ("a\n\n \nb", [["a"], ["b"]]),
            ("张三,\"预算,350万\"\n李四,", [["张三", "预算,350万"], ["李四", ""]]), ("'=1+1,'x", [["=1+1", "'x"]]),
        ],
        [1, 3, 1_000]
    )
    func cells(_ sample: (String, [[String]]), piece: Int) {
        #expect(read(sample.0, piece: piece) == sample.1)
    }

    @Test("a quote that is never closed costs its own line and no other")
    func unclosed() throws {
        let bytes = Array("a,\"b\nc,d\ne,f\n".utf8)
        let records = CSVRecords(separator: UInt8(ascii: ","))
        let first = try #require(records.next(in: bytes, from: 0, isLast: true))
        #expect(first.fault == .quoteNotClosed)
        let second = try #require(records.next(in: bytes, from: first.end, isLast: true))
        #expect(String(decoding: second.bytes, as: UTF8.self) == "c,d")
    }

    @Test("a row without an end does not make the others wait for it")
    func endless() throws {
        let bytes = Array(repeating: UInt8(ascii: "x"), count: CSVRecords.longest + 10) + Array("\nb\n".utf8)
        let records = CSVRecords(separator: UInt8(ascii: ","))
        let first = try #require(records.next(in: bytes, from: 0, isLast: false))
        #expect(first.fault == .tooLong)
        #expect(first.end == CSVRecords.longest)
    }

    @Test("what an export writes, an import reads, and no spreadsheet runs it")
    func formulas() {
        let cells = ["=1+1", "+8613812345678", "@x", "-5", "a\"b", "c,d", "two\nlines", "张三", " =1"]
        let line = CSVText.row(cells)
        #expect(line.hasPrefix("'=1+1,'+8613812345678,'@x,'-5,\"a\"\"b\",\"c,d\""))
        #expect(read(line)[0] == cells.map(\.trimmed).map { $0 == "=1" ? "' =1" : $0 })
    }

    @Test("the encoding is found out; a mark at the beginning is no part of the header")
    func encodings() throws {
        let text = "姓名,手机\n张三,13812345678\n"
        let chinese: [UInt8] = [
            0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xCA, 0xD6, 0xBB, 0xFA, 0x0A, 0xD5, 0xC5, 0xC8, 0xFD, 0x0A,
        ]
        for (bytes, encoding) in [
            (Array(text.utf8), FileEncoding.utf8), ([0xEF, 0xBB, 0xBF] + Array(text.utf8), .utf8), (chinese, .gb18030),
        ] {
            let head = try FileHead(bytes, isWhole: true)
            #expect(head.encoding == encoding)
            #expect(head.header == ["姓名", "手机"])
        }
    }

    @Test(
        "what is no file of comma-separated values is refused by what it is",
        arguments: [
            ([0x50, 0x4B, 3, 4], "not-csv"), ([0xFF, 0xFE, 0x61, 0], "utf-16"), ([], "empty-file"),
            (Array("\n\n".utf8), "no-header"), (Array(",,\n".utf8), "no-header"),
        ] as [([UInt8], String)]
    )
    func refused(_ bytes: [UInt8], _ code: String) throws {
        #expect { _ = try FileHead(bytes, isWhole: true) } throws: { ($0 as? Rejection)?.code == code }
    }

    @Test("the separator is the one that the header uses")
    func separators() throws {
        for separator in [",", ";", "\t"] {
            let head = try FileHead(Array("name\(separator)phone\(separator)e-mail\n".utf8), isWhole: true)
            #expect(head.header == ["name", "phone", "e-mail"])
        }
    }

    @Test(
        "headers are understood in Chinese and English",
        arguments: [
            ("姓名", ImportColumn.name), ("客户姓名*", .name), ("手机号码", .phone), ("Mobile", .phone), ("联系电话(必填)", .phone),
            ("E-mail", .email), ("微信号", .wechat), ("预算(万)", .budget), ("最高预算", .budgetMax), ("意向楼盘", .project),
            ("区域", .district), ("户型", .layout), ("面积㎡", .area), ("备注", .message), ("留资时间", .submittedAt),
            ("线索ID", .externalID), ("Campaign name", .campaign), ("推荐码", .referrer), ("星座", .attribute),
            ("", .attribute),
        ]
    )
    func headers(_ header: String, _ column: ImportColumn) {
        #expect(ImportColumn.guess(header) == column)
    }

    @Test(
        "budgets are read as people write them",
        arguments: [
            ("350万", "预算", 350_000_000 as Int64?, 350_000_000 as Int64?),
            ("300-450", "预算(万)", 300_000_000, 450_000_000),
            ("300-450万", "预算", 300_000_000, 450_000_000), ("3,500,000", "Budget", 350_000_000, 350_000_000),
            ("1.2亿", "预算", 12_000_000_000, 12_000_000_000), ("500万以上", "预算", 500_000_000, nil),
            ("200万以内", "预算", nil, 200_000_000), ("3.5m", "budget", 350_000_000, 350_000_000),
        ]
    )
    func budgets(_ cell: String, _ header: String, _ min: Int64?, _ max: Int64?) throws {
        #expect(ImportValue.budget(cell, header: header) == MoneyRange(min: min, max: max, currency: "CNY"))
    }

    @Test("times are read as people write them, in the agency's zone")
    func times() throws {
        let noon = Wire.date(from: "2026-11-22T04:00:00Z")
        for cell in ["2026-11-22 12:00", "2026/11/22 12:00:00", "2026年11月22日 12时", "2026-11-22T12:00:00+08:00"] {
            #expect(ImportValue.date(cell, in: .shanghai) == noon, "\(cell)")
        }
        #expect(ImportValue.date("2026-02-30", in: .shanghai) == nil)
        #expect(ImportValue.date("tomorrow", in: .shanghai) == nil)
    }

    @Test("nothing of a row is lost: what cannot be meant is told in the message, what no column is for is kept")
    func kept() throws {
        let mapping = ImportMapping(
            channel: "csv",
            campaign: "car-show",
            header: ["姓名", "手机", "预算", "星座"],
            columns: [.name, .phone, .budget, .attribute]
        )
        let lead = try mapping.submission(["张三", "138 1234 5678 / 021-62345678", "看情况", "狮子"])
        #expect(lead.person.phones == ["138 1234 5678", "021-62345678"])
        #expect(lead.message == "预算: 看情况")
        #expect(lead.attributes == ["星座": "狮子"])
        #expect(lead.campaign == "car-show")
        #expect { _ = try mapping.submission(["a", "b", "c", "d", "e"]) } throws: {
            ($0 as? Rejection)?.code == "too-many-cells"
        }
    }
}
