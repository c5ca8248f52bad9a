import AMQP
import Contracts
import Failures
import Foundation
import Messaging
import Phone
import TestSupport
import Testing

@testable import Leads

@Suite("Bad input")
struct BadInputTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let body: [UInt8]
        var channel: String? = "web"
        var user: String?
        let reason: String
        let field: String?
        var testDescription: String { name }

        init(
            _ name: String,
            _ body: String,
            channel: String? = "web",
            user: String? = nil,
            _ reason: String,
            _ field: String?
        ) {
            self.init(name, Array(body.utf8), channel: channel, user: user, reason, field)
        }

        init(
            _ name: String,
            _ body: [UInt8],
            channel: String? = "web",
            user: String? = nil,
            _ reason: String,
            _ field: String?
        ) {
            self.name = name
            self.body = body
            self.channel = channel
            self.user = user
            self.reason = reason
            self.field = field
        }
    }

    static let cases = [
        Case("empty", "", "empty-body", "body"),
        Case("malformed", #"{"channel": "web","#, "malformed-json", "channel"),
        Case("bad UTF-8", Array("{\"channel\": \"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8), "not-utf8", "channel"),
        Case(
            "20,000 nested arrays",
            String(repeating: "[", count: 20_000) + String(repeating: "]", count: 20_000),
            "nested-too-deeply",
            "body"
        ),
        Case("over 256 KiB", String(repeating: " ", count: 256 * 1_024 + 1), "body-too-large", "body"),
        Case("no channel", #"{"person": {"phones": ["13812345678"]}}"#, "missing-field", "channel"),
        Case("no person", #"{"channel": "web"}"#, "missing-field", "person"),
        Case("nobody to reach", #"{"channel": "web", "person": {"name": "x"}}"#, "unreachable", "person"),
        Case("no phone", Office.enquiry("x", phone: "12"), "not-a-phone-number", "person/phones/0"),
        Case("no address", Office.enquiry("x", phone: nil, email: "a@b"), "not-an-email-address", "person/emails/0"),
        Case(
            "another's channel by route",
            Office.enquiry("x"),
            channel: "showroom",
            "channel-not-the-routes",
            "channel"
        ),
        Case(
            "another's channel by user",
            Office.enquiry("x"),
            user: "channel-showroom",
            "channel-not-the-users",
            "channel"
        ),
        Case(
            "unknown channel",
            #"{"channel": "nowhere", "person": {"phones": ["13812345678"]}}"#,
            channel: "nowhere",
            "unknown-channel",
            "channel"
        ),
        Case(
            "2^53+1",
            Office.enquiry("x", more: #", "need": {"budget": {"max": 9007199254740993}}"#),
            "out-of-range",
            "need/budget/max"
        ),
        Case(
            "2^63",
            Office.enquiry("x", more: #", "need": {"budget": {"max": 9223372036854775808}}"#),
            "out-of-range",
            "need/budget/max"
        ),
        Case(
            "1e400000",
            Office.enquiry("x", more: #", "need": {"area": {"min": 1, "max": 1e400000}}"#),
            "out-of-range",
            "need/area/max"
        ),
        Case("NaN", Office.enquiry("x", more: #", "need": {"area": {"max": NaN}}"#), "malformed-json", "need/area/max"),
        Case("a lone surrogate", Office.enquiry("x", more: #", "message": "\ud800""#), "lone-surrogate", "message"),
        Case("U+0000", Office.enquiry("x", more: #", "message": "a\u0000b""#), "nul-character", "message"),
        Case("a raw U+0000", Office.enquiry("x", more: ", \"message\": \"a\0b\""), "nul-character", "message"),
        Case(
            "U+0000 in a name",
            #"{"channel": "web", "person": {"name": "a\u0000b", "phones": ["13812345678"]}}"#,
            "nul-character",
            "person/name"
        ),
        Case(
            "nested in a field",
            Office.enquiry("x", more: #", "attributes": {"a": \#(String(repeating: "[", count: 20_000))"#),
            "nested-too-deeply",
            "attributes/a"
        ),
    ]

    @Test("it is a rejected row that names field and rule, and harms no neighbour", arguments: cases)
    func rejected(_ one: Case) async throws {
        try await Office.open { office in
            let neighbour = Office.submission(Office.enquiry("good", phone: "13987654321"))
            try await office.push([Office.submission(one.body, channel: one.channel, user: one.user), neighbour])
            let rows = try await office.ledger()
            let rejected = try #require(rows.first { $0.outcome == "rejected" })
            #expect(rejected.reason == one.reason)
            #expect(rejected.field == one.field)
            #expect(rows.count { $0.outcome == "accepted" } == 1)
            #expect(try await AuditLedger(spine: office.spine)().holds)
        }
    }

    @Test(
        "a submission that pretends to come from the broker's dead letters is rejected, and accepted without the header"
    )
    func forged() async throws {
        try await Office.open { office in
            let body = Array(Office.enquiry("x").utf8)
            var properties = Properties()
            for headers in [["x-death": HeaderValue.list([])], ["x-first-death-queue": .string("leads.intake")], [:]] {
                properties.headers = headers
                let delivery = Delivery(
                    tag: .init(epoch: 1, number: 1),
                    exchange: "lintel.intake",
                    routingKey: "lead.web",
                    isRedelivered: false,
                    properties: properties,
                    body: body
                )
                try await office.push([try office.app.intake.open(delivery).content.received])
            }
            let rows = try await office.ledger()
            #expect(rows.map(\.outcome) == ["rejected", "rejected", "accepted"])
            #expect(rows.map(\.field) == ["x-death", "x-first-death-queue", nil])
            #expect(rows.prefix(2).allSatisfy { $0.reason == "forged-header" })
        }
    }

    @Test("a phone that is none is left out and noted where there is another way")
    func noted() async throws {
        let submission = SubmitLead(
            channel: "web",
            person: .init(phones: ["nonsense", "+86 138-1234-5678"], emails: ["bad"])
        )
        let enquiry = try EnquiryReader.read(submission, now: Date())
        #expect(enquiry.phones == ["+8613812345678"])
        #expect(enquiry.notes.map(\.field) == ["person/phones/0", "person/emails/0"])
    }

    @Test(
        "telephone numbers are read as people write them",
        arguments: [
            ("138 1234 5678", "+8613812345678"), ("+86 138-1234-5678", "+8613812345678"),
            ("0086 13812345678", "+8613812345678"), ("13812345678", "+8613812345678"),
            ("021-58881234转12", "+862158881234"), ("021 5888 1234 ext. 12", "+862158881234"),
            ("+1 (650) 253-0000", "+16502530000"), ("12", nil), ("", nil), ("转12", nil),
        ] as [(String, String?)]
    )
    func phones(_ text: String, _ expected: String?) {
        #expect(PhoneNumber.e164(text) == expected)
    }
}
