import Contracts
import Foundation
import Testing

/// Instants digit by digit: the same as Foundation's in every case.
@Suite("instants on the wire")
struct InstantTests {
    private static let style = Date.ISO8601FormatStyle()
    private static let exact = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    @Test("an instant is written as Foundation writes its second, with the milliseconds behind it")
    func written() {
        for _ in 0..<5_000 {
            let milliseconds = Int64.random(in: -12_212_553_600_000...253_402_300_799_999)
            let whole = (milliseconds - ((milliseconds % 1_000) + 1_000) % 1_000) / 1_000
            let second = Date(timeIntervalSince1970: Double(whole)).formatted(Self.style)
            let fraction = String(milliseconds - whole * 1_000 + 1_000).dropFirst()
            let text = Wire.text(of: Date(timeIntervalSince1970: Double(milliseconds) / 1_000))
            #expect(text == second.dropLast() + ".\(fraction)Z")
        }
    }

    @Test("what was written is read back to the millisecond")
    func roundTrip() {
        for _ in 0..<5_000 {
            let milliseconds = Int64.random(in: -12_212_553_600_000...253_402_300_799_999)
            let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000).toMilliseconds
            #expect(Wire.date(from: Wire.text(of: date)) == date)
        }
    }

    @Test(
        "any offset is read as Foundation reads it",
        arguments: ["Z", "+08:00", "-03:30", "+00:00", "-11:00", "+14:00"]
    )
    func offsets(_ offset: String) throws {
        for _ in 0..<500 {
            let seconds = Double(Int64.random(in: -12_000_000_000...250_000_000_000))
            let local = Date(timeIntervalSince1970: seconds).formatted(Self.style).dropLast()
            #expect(Wire.date(from: local + offset) == (try Self.style.parse(local + offset)))
            let precise = local + ".25" + "\(Int.random(in: 0...9))" + offset
            let expected = try Self.exact.parse(precise).timeIntervalSince1970
            let found = try #require(Wire.date(from: precise)?.timeIntervalSince1970)
            #expect(abs(found - expected) < 0.0005)
        }
    }

    @Test("the day that comes every fourth year, but not every hundredth, is read where it exists")
    func leapDays() {
        #expect(Wire.date(from: "2024-02-29T00:00:00Z") == Date(timeIntervalSince1970: 1_709_164_800))
        #expect(Wire.date(from: "2000-02-29T00:00:00.000Z") == Date(timeIntervalSince1970: 951_782_400))
        #expect(Wire.text(of: Date(timeIntervalSince1970: 951_782_400)) == "2000-02-29T00:00:00.000Z")
        #expect(Wire.text(of: Date(timeIntervalSince1970: -1)) == "1969-12-31T23:59:59.000Z")
    }

    @Test(
        "what is no usual instant is left to Foundation's judgement",
        arguments: [
            "", "Z", "2026-11-22", "2026-11-22T03:04:05", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
            "2026-11-22T24:00:00Z", "2026-11-22T03:04:60Z", "2026-11-22 03:04:05Z", "2026-11-22T03:04:05z",
            "2026-11-22T03:04:05+0800", "2026-11-22T03:04:05Zx", "１026-11-22T03:04:05Z", "0001-01-01T00:00:00Z",
        ]
    )
    func unusual(_ text: String) {
        #expect(Wire.date(from: text) == (try? Self.style.parse(text)))
    }

    @Test("fractions of any length are read")
    func fractions() {
        let second = Date(timeIntervalSince1970: 1_795_316_645)
        for fraction in ["5", "50", "500", "5000", "500000", "500000000"] {
            #expect(Wire.date(from: "2026-11-22T03:04:05.\(fraction)Z") == second.addingTimeInterval(0.5))
        }
    }
}
