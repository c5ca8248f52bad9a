import Contracts
import Foundation
import Testing

@testable import Web

@Suite("Words and formats")
struct WordsTests {
    let english: Viewer
    let chinese: Viewer

    init() throws {
        let pages = try DemoServer.pages()
        english = pages.viewer(.english)
        chinese = pages.viewer(.chinese)
    }

    @Test("the shared words are said in both languages with the same variables")
    func complete() throws {
        #expect(try DemoServer.pages().strings.verify() == [])
    }

    @Test("what one language lacks is found")
    func incomplete() throws {
        let folder = URL.temporaryDirectory.appending(path: "words-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let en = #"{"a": "A {name}", "b": "B", "c": "C", "c.d": "D"}"#
        let zh = #"{"a": "甲", "c": "丙", "c.d": "丁"}"#
        try en.write(to: folder.appending(path: "strings.en.json"), atomically: true, encoding: .utf8)
        try zh.write(to: folder.appending(path: "strings.zh-Hans.json"), atomically: true, encoding: .utf8)
        let problems = try Strings(folders: [folder]).verify()
        #expect(problems.count == 3)
        #expect(problems.contains("b is not said in zh-Hans"))
        #expect(problems.contains("a has other variables in one language than in the other"))
        #expect(throws: Strings.LoadError.self) { try Strings(folders: [folder, folder]) }
    }

    @Test("a missing word or variable shows, so that a test can find it")
    func missing() {
        #expect(english.text("no.such") == "⟦no.such⟧")
        #expect(english.text("time.ago") == "⟦time⟧ ago")
    }

    @Test("one is singular, everything else plural")
    func plurals() {
        #expect(english.text("time.minutes", count: 1) == "1 minute")
        #expect(english.text("time.minutes", count: 0) == "0 minutes")
        #expect(english.text("time.minutes", count: 1_200) == "1,200 minutes")
        #expect(chinese.text("time.minutes", count: 1) == "1 分钟")
    }

    @Test("money is written as people write it")
    func money() {
        #expect(english.money(325_000_000, "CNY") == "¥\u{A0}3,250,000")
        #expect(english.money(325_000_050, "CNY") == "¥\u{A0}3,250,000.50")
        #expect(english.money(-5, "USD") == "−$\u{A0}0.05")
        #expect(english.money(1_200, "JPY") == "¥\u{A0}1,200")
        #expect(english.money(Int64.min, "CNY") == "−¥\u{A0}92,233,720,368,547,758.08")
        #expect(chinese.moneyShort(325_000_000, "CNY") == "325\u{A0}万")
        #expect(chinese.moneyShort(1_234_500_000_000, "CNY") == "123.45\u{A0}亿")
        #expect(english.moneyShort(325_000_000, "CNY") == "¥\u{A0}3.25M")
        #expect(english.moneyShort(99_900, "CNY") == "¥\u{A0}999")
        #expect(english.area(89.5) == "89.5\u{A0}m²")
    }

    @Test("phones are grouped, and hidden where the viewer is not responsible")
    func phones() {
        #expect(english.phone("+8613812345678", masked: false) == "138 1234 5678")
        #expect(english.phone("+8613812345678", masked: true) == "138 **** 5678")
        #expect(english.phone("+16502530000", masked: false) == "+1 650 253 0000")
        let hidden = english.phone("+16502530000", masked: true)
        #expect(!hidden.contains("253") && hidden.hasSuffix("00"))
        #expect(english.phone("123", masked: true) == "****")
        #expect(english.email("zhang@example.com", masked: true) == "z***@example.com")
        #expect(english.email("@x", masked: true) == "***")
    }

    @Test("times are told in the configured zone and relative to the clock that the rules go by")
    func times() throws {
        let now = DemoPages.now
        #expect(english.relative(now.addingTimeInterval(-600)) == "10 minutes ago")
        #expect(chinese.relative(now.addingTimeInterval(7_200)) == "2 小时后")
        #expect(english.clock(due: now.addingTimeInterval(-60)).state == "late")
        #expect(english.clock(due: now.addingTimeInterval(60)).state == "soon")
        #expect(english.clock(due: now.addingTimeInterval(86_400)).state == "calm")
        let moment = try english.moment("2026-11-22T15:04", field: "due")
        #expect(Wire.text(of: moment) == "2026-11-22T07:04:00.000Z")
        #expect(english.instant(moment) == "22 Nov 2026, 15:04")
        #expect(chinese.instant(moment) == "2026年11月22日 15:04")
        #expect(english.fieldText(moment) == "2026-11-22T15:04")
        #expect(throws: (any Error).self) { try english.day("2026-02-30", field: "due") }
    }

    @Test(
        "the browser's wishes are weighed",
        arguments: [("en;q=0.5, zh-CN;q=0.9", Language.chinese), ("fr, en-GB", .english), ("zh-TW;q=0, en", .english)]
    )
    func acceptLanguage(header: String, expected: Language) {
        #expect(Language.preferred(in: header) == expected)
    }
}
