import Contracts
import Crypto
import Failures
import Foundation
import Testing
import Web

@testable import Leads

@Suite("What platforms post")
struct AdapterTests {
    private static let now = Date(timeIntervalSince1970: 1_795_400_000)

    private func read(
        _ platform: AdapterSettings.Platform,
        _ body: String,
        type: String = "application/json"
    ) -> [AdaptedLead] {
        let settings = AdapterSettings.preset(platform)
        return AdapterReader(channel: "x", settings: settings, zone: .shanghai, now: Self.now)
            .read(Array(body.utf8), contentType: type)
    }

    @Test("each platform's own sample is understood by its preset", arguments: AdapterSettings.Platform.allCases)
    func samples(_ platform: AdapterSettings.Platform) throws {
        let leads = read(platform, AdapterSettings.preset(platform).sample)
        #expect(leads.count == 1)
        let enquiry = try leads[0].reading.get()
        #expect(enquiry.phones == ["+8613812345678"])
        #expect(enquiry.name != nil)
        if platform != .form { #expect(leads[0].externalID != nil) }
        #expect(throws: Never.self) { try AdapterSettings.preset(platform).checked() }
    }

    @Test("ids beyond 2^53 come through whole, whether numbers or texts, and in JSON within a text")
    func largeIDs() throws {
        let bare = #"{"data": {"clue_id": 7300000000000000001, "telphone": "13812345678"}}"#
        #expect(read(.oceanEngine, bare)[0].externalID == "7300000000000000001")
        let wrapped = #"{"data": "{\"clue_id\": 7300000000000000001, \"telphone\": \"13812345678\"}"}"#
        #expect(read(.oceanEngine, wrapped)[0].externalID == "7300000000000000001")
    }

    @Test("several leads of one post are read each for itself")
    func several() throws {
        let leads = read(
            .tencent,
            #"{"data": [{"leads_id": 1, "leads_tel": "13812345678"}, {"leads_id": 2, "leads_tel": "12"}, {"leads_id": 3}]}"#
        )
        #expect(leads.map(\.externalID) == ["1", "2", "3"])
        #expect(leads.map { $0.rejection?.code } == [nil, "not-a-phone-number", "unreachable"])
        #expect(leads.map { $0.rejection?.field } == [nil, "leads_tel", "leads_tel"])
    }

    @Test("Meta's leads without fields say what would be needed")
    func idsOnly() {
        let body = #"{"entry": [{"changes": [{"value": {"leadgen_id": "9", "form_id": "7"}}]}]}"#
        let lead = read(.meta, body)[0]
        #expect(lead.rejection?.code == "meta-ids-only")
        #expect(lead.externalID == "9")
    }

    @Test("a form may be posted as one, and who fills in the trap is a program")
    func forms() throws {
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        let body = "name=%E5%BC%A0%E4%B8%89&phone=138+1234+5678&project=river-park%2Clake-view&budget=300%E4%B8%87"
        let enquiry = try read(.form, body, type: type)[0].reading.get()
        #expect(enquiry.name == "张三")
        #expect(enquiry.need?.projects == ["river-park", "lake-view"])
        #expect(enquiry.need?.budget?.max == 300_000_000)
        let trapped = read(.form, body + "&website=http%3A%2F%2Fspam", type: type)[0]
        #expect(trapped.rejection?.code == "honeypot")
    }

    @Test(
        "what is no payload is rejected with a reason, never dropped",
        arguments: [
            ("", "empty-body"), ("{", "malformed-json"), ("[]", "no-lead-in-payload"),
            (String(repeating: "[", count: 100), "too-deep"),
        ]
    )
    func bad(_ body: String, _ code: String) {
        let leads = read(.form, body)
        #expect(leads.map { $0.rejection?.code } == [code])
    }

    @Test("times are read as platforms write them")
    func times() throws {
        let expected = Date(timeIntervalSince1970: 1_795_316_645)
        for text in ["1795316645", "1795316645000", "2026-11-22T03:04:05Z", "2026-11-22 11:04:05"] {
            #expect(PlatformTime.read(text, zone: .shanghai) == expected, "\(text)")
        }
        #expect(PlatformTime.read("yesterday", zone: .shanghai) == nil)
    }

    @Test("a mapping is read line by line, and a bad line is named")
    func mappings() throws {
        let rules = try [FieldRule](text: "a/b -> person/phones\n\n c -> attributes/x ")
        #expect(rules == [FieldRule(from: "a/b", to: "person/phones"), FieldRule(from: "c", to: "attributes/x")])
        #expect(try [FieldRule](text: rules.text) == rules)
        for bad in ["a", "a -> ", "-> person/name", "a -> person/age"] {
            #expect(throws: Rejection.self) { try [FieldRule](text: bad) }
        }
    }

    @Test("only the secret's own signature of this very body holds")
    func hmac() {
        let rule = SignatureRule(kind: .hmac, header: "X-Hub-Signature-256", prefix: "sha256=")
        let body = Array("{}".utf8)
        let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array("s3cret".utf8)))
        let digest = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        func holds(_ header: String?, _ secret: String? = "s3cret", _ bytes: [UInt8] = body) -> Bool {
            rule.holds(for: SenderProof(header: header, body: bytes), secret: secret, now: Self.now)
        }
        #expect(holds("sha256=" + digest))
        #expect(holds("sha256=" + digest.uppercased()))
        #expect(!holds(digest))
        #expect(!holds(nil))
        #expect(!holds("sha256="))
        #expect(!holds("sha256=" + digest, "other"))
        #expect(!holds("sha256=" + digest, nil))
        #expect(!holds("sha256=" + digest, "s3cret", Array("{ }".utf8)))
    }

    @Test("a signed time must be near ours")
    func sorted() {
        let rule = SignatureRule(kind: .sorted)
        func proof(_ time: Double, _ nonce: String = "n") -> SenderProof {
            let timestamp = String(Int(time))
            let text = ["token", timestamp, nonce].sorted().joined()
            let digest = Insecure.SHA1.hash(data: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            return SenderProof(timestamp: timestamp, nonce: nonce, signature: digest.joined(), body: [])
        }
        let time = Self.now.timeIntervalSince1970
        #expect(rule.holds(for: proof(time), secret: "token", now: Self.now))
        #expect(!rule.holds(for: proof(time), secret: "other", now: Self.now))
        #expect(!rule.holds(for: proof(time - 3_600), secret: "token", now: Self.now))
        var other = proof(time)
        other.nonce = "m"
        #expect(!rule.holds(for: other, secret: "token", now: Self.now))
    }
}
