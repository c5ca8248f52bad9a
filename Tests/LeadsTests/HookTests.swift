import Contracts
import Crypto
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Hooks of channels")
struct HookTests {
    private let path = "/leads/api/v1/hooks/web"

    private func configure(
        _ desk: MarketingDesk,
        _ platform: AdapterSettings.Platform,
        _ change: (inout AdapterSettings) -> Void = { _ in }
    ) async throws {
        var settings = AdapterSettings.preset(platform)
        change(&settings)
        let draft = AdapterDraft(settings: settings, secret: "s3cret", verifyToken: "are-you-there")
        try await desk.office.spine.perform(.staff(.new())) { work in
            try await desk.office.app.saveAdapter(draft, of: "web", work)
        }
        try await desk.office.staff()
    }

    private func signed(_ body: String, _ secret: String = "s3cret") -> HTTPFields {
        let key = SymmetricKey(data: Array(secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key)
        let digest = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return [.init("X-Hub-Signature-256") ?? .accept: "sha256=\(digest)"]
    }

    @Test("what Meta posts becomes a lead, its repetition stays one, and the body is kept as it came")
    func meta() async throws {
        try await MarketingDesk.open { desk in
            try await configure(desk, .meta)
            let body = AdapterSettings.preset(.meta).sample
            #expect(try await desk.client.post(path, json: body, headers: signed(body)).status == 200)
            #expect(try await desk.client.post(path, json: body, headers: signed(body)).status == 200)
            let later = body.replacing("\"time\": 1795316645", with: "\"time\": 1795316999")
            #expect(try await desk.client.post(path, json: later, headers: signed(later)).status == 200)
            #expect(try await desk.office.leads().count == 1)
            #expect(try await desk.office.ledger().map(\.outcome).sorted() == ["accepted", "duplicate"])
            #expect(try await desk.office.ledger().first { $0.outcome == "accepted" }?.deliveries == 2)
            let kept = try await desk.office.count(
                "SELECT count(*) AS count FROM submissions WHERE body = convert_to(\(body), 'UTF8')"
            )
            #expect(kept == 1)
        }
    }

    @Test("who does not sign is turned away without a row")
    func forged() async throws {
        try await MarketingDesk.open { desk in
            try await configure(desk, .meta)
            let body = AdapterSettings.preset(.meta).sample
            #expect(try await desk.client.post(path, json: body).status == 401)
            #expect(try await desk.client.post(path, json: body, headers: signed(body, "wrong")).status == 401)
            #expect(try await desk.client.post("/leads/api/v1/hooks/showroom", json: body).status == 401)
            #expect(try await desk.office.ledger().isEmpty)
        }
    }

    @Test("Meta's question is answered only for the right token")
    func challenge() async throws {
        try await MarketingDesk.open { desk in
            try await configure(desk, .meta)
            let asked = path + "?hub.mode=subscribe&hub.challenge=42&hub.verify_token="
            let answer = try await desk.client.get(asked + "are-you-there")
            #expect(answer.status == 200)
            #expect(answer.text == "42")
            #expect(try await desk.client.get(asked + "who").status == 401)
        }
    }

    @Test("what cannot be mapped is a rejected row that names the platform's field and the rule")
    func unmapped() async throws {
        try await MarketingDesk.open { desk in
            try await configure(desk, .tencent) { $0.signature = SignatureRule(kind: .key) }
            let body = #"{"data": [{"leads_id": 1, "leads_tel": "12"}, {"leads_id": 2, "leads_tel": "13812345678"}]}"#
            let answer = try await desk.client.post(path + "?key=secret", json: body)
            #expect(answer.status == 200)
            #expect(try await desk.client.post(path + "?key=wrong", json: body).status == 401)
            let rows = try await desk.office.ledger()
            #expect(rows.map(\.outcome).sorted() == ["accepted", "rejected"])
            let rejected = rows.first { $0.outcome == "rejected" }
            #expect(rejected?.reason == "not-a-phone-number")
            #expect(rejected?.field == "leads_tel")
            let page = try await desk.client.get("/leads/ledger/\(rejected?.id.wire ?? "")", as: desk.marketer)
            #expect(page.status == 200)
            #expect(page.missingWords == [])
        }
    }

    @Test("a website's form is answered as the person needs it, and only its own sites may post from a browser")
    func form() async throws {
        try await MarketingDesk.open { desk in
            try await configure(desk, .form) { $0.origins = ["https://www.example.com"] }
            let ours: HTTPFields = [.origin: "https://www.example.com"]
            let good = #"{"name": "张三", "phone": "13812345678"}"#
            let answer = try await desk.client.post(path, json: good, headers: ours)
            #expect(answer.status == 202)
            #expect(answer.headers[.accessControlAllowOrigin] == "https://www.example.com")
            let bad = try await desk.client.post(path, json: #"{"phone": "12"}"#, headers: ours)
            #expect(bad.status == 422)
            #expect(bad.text.contains(#""field":"phone""#))
            let spam = #"{"phone": "13812345679", "website": "http://spam.example"}"#
            #expect(try await desk.client.post(path, json: spam, headers: ours).status == 202)
            let foreign: HTTPFields = [.origin: "https://evil.example"]
            #expect(try await desk.client.post(path, json: good, headers: foreign).status == 401)
            let asked = try await desk.client.send(.options, path, headers: ours)
            #expect(asked.status == 204)
            #expect(asked.headers[.accessControlAllowOrigin] == "https://www.example.com")
            #expect(
                try await desk.client.send(.options, path, headers: foreign).headers[.accessControlAllowOrigin] == nil
            )
            #expect(try await desk.office.leads().count == 1)
            let reasons = try await desk.office.ledger().compactMap(\.reason).sorted()
            #expect(reasons == ["honeypot", "not-a-phone-number"])
        }
    }

    @Test("marketing tries a mapping on a pasted payload, saves it, and the secret is never shown again")
    func console() async throws {
        try await MarketingDesk.open { desk in
            let page = "/leads/channels/web/adapter"
            try await desk.opens(page)
            let preset = AdapterSettings.preset(.meta)
            var form = [
                "platform": "meta", "signature": "hmac-sha256", "header": "X-Hub-Signature-256", "prefix": "sha256=",
                "items": preset.items, "fields": preset.fields.text, "payload": preset.sample, "type": "json",
                "secret": "top-s3cret", "do": "try",
            ]
            let tried = try await desk.client.post(page, form: form, as: desk.marketer)
            #expect(tried.status == 200)
            #expect(tried.text.contains("Would be taken"))
            #expect(try await desk.office.ledger().isEmpty)
            form["payload"] = #"{"entry": []}"#
            #expect(try await desk.client.post(page, form: form, as: desk.marketer).text.contains("Would be rejected"))
            form["do"] = "save"
            #expect(try await desk.client.post(page, form: form, as: desk.marketer).status == 303)
            #expect(try await !desk.client.get(page, as: desk.marketer).text.contains("top-s3cret"))
            form["fields"] = "phone -> person/age"
            let wrong = try await desk.client.post(page, form: form, as: desk.marketer)
            #expect(wrong.status == 422)
            #expect(wrong.text.contains("aria-invalid"))
            #expect(try await desk.client.get(page, as: desk.agent).status == 403)
        }
    }
}
