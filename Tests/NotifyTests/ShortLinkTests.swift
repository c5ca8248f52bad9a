import Contracts
import Foundation
import Testing

@testable import Notify

@Suite("short links")
struct ShortLinkTests {
    @Test(
        "a link of a text message is short, and says which page it stands for",
        arguments: ["leads/leads", "service/cases"]
    )
    func shortened(_ place: String) throws {
        for _ in 0..<200 {
            let long = "/\(place)/\(LeadID.new())"
            let link = try #require(ShortLink(long: long))
            #expect(link.short.count == 26)
            #expect(link.short.dropFirst(3).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            #expect(ShortLink(key: String(link.short.dropFirst(3)))?.long == long)
        }
        for extreme in ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"] {
            let link = try #require(ShortLink(long: "/\(place)/\(extreme)"))
            #expect(ShortLink(key: String(link.short.dropFirst(3)))?.long == "/\(place)/\(extreme)")
        }
    }

    @Test("what has no short form stays long", arguments: ["/sales/customers/1", "/leads/leads/x", ""])
    func long(_ path: String) {
        #expect(ShortLink(long: path) == nil)
    }

    @Test(
        "what is no key leads nowhere",
        arguments: [
            "", "l", "l" + String(repeating: "0", count: 21), "l" + String(repeating: "0", count: 23),
            "x" + String(repeating: "0", count: 22), "l" + String(repeating: "z", count: 22),
            "l" + String(repeating: "0", count: 21) + "-", "l" + String(repeating: "0", count: 21) + "é",
        ]
    )
    func nowhere(_ key: String) {
        #expect(ShortLink(key: key) == nil)
    }
}
