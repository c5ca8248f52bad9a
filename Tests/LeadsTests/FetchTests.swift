import Boot
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

@Suite("Leads that a platform names by their ids")
struct FetchTests {
    private let path = "/leads/api/v1/hooks/web"

    /// A desk whose channel `web` is Meta's, with Meta's cloud beside it.
    private func open(
        token: String? = "pages-t0ken",
        _ body: (MarketingDesk, GraphDouble, FetchLeads) async throws -> Void
    ) async throws {
        try await MarketingDesk.open { desk in
            try await desk.office.staff()
            try await desk.office.spine.perform(.staff(.new())) { work in
                let draft = AdapterDraft(settings: .preset(.meta), secret: "s3cret", accessToken: token)
                try await desk.office.app.saveAdapter(draft, of: "web", work)
            }
            try await GraphDouble.open { graph, meta in try await body(desk, graph, desk.office.fetching(from: meta)) }
        }
    }

    private func body(_ ids: String...) -> String {
        let changes = ids.map { id in
            let value = #"{"leadgen_id": \#(id), "page_id": 5, "form_id": 77, "ad_id": 8, "created_time": 1795316645}"#
            return #"{"field": "leadgen", "value": \#(value)}"#
        }
        .joined(separator: ", ")
        return #"{"object": "page", "entry": [{"id": "5", "time": 1795316645, "changes": [\#(changes)]}]}"#
    }

    @discardableResult
    private func post(_ body: String, to desk: MarketingDesk) async throws -> [Posted.Receipt] {
        let key = SymmetricKey(data: Array("s3cret".utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Array(body.utf8), using: key)
        let digest = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let headers: HTTPFields = [.init("X-Hub-Signature-256") ?? .accept: "sha256=\(digest)"]
        let answer = try await desk.client.post(path, json: body, headers: headers)
        #expect(answer.status == 200)
        return try answer.json(Posted.self).receipts
    }

    private struct Posted: Decodable {
        struct Receipt: Decodable, Equatable {
            let receiptId: String
            let outcome: String
        }

        let receipts: [Receipt]
    }

    @Test("it is kept, fetched a moment later and taken in by the mapping, under the receipt that was given")
    func fetched() async throws {
        try await open { desk, graph, fetch in
            graph.answers("900100", .lead("900100"))
            let receipts = try await post(body("900100"), to: desk)
            #expect(receipts.map(\.outcome) == ["waiting"])
            #expect(try await desk.office.ledger().isEmpty)
            let waiting = try await desk.client.get(
                "/leads/api/v1/receipts/\(receipts[0].receiptId)",
                as: desk.marketer
            )
            #expect(waiting.text.contains(#""outcome":"waiting""#))
            #expect(try await fetch() == 1)
            let row = try #require(try await desk.office.ledger().first)
            #expect(row.outcome == "accepted")
            #expect(row.id.wire == receipts[0].receiptId)
            let known: SQL = """
                SELECT count(*) AS count FROM submissions s JOIN leads l ON l.id = s.lead_id JOIN persons p ON p.uid = l.uid
                 WHERE s.external_id = '900100' AND s.submission_key = '900100' AND l.campaign = 'autumn-2026'
                   AND p.name = 'Zhang San'
                """
            #expect(try await desk.office.count(known) == 1)
            #expect(try await desk.office.fetches() == 0)
            let question = try #require(graph.asked.first)
            #expect(question.authorization == "Bearer pages-t0ken")
            #expect(question.fields == "id,created_time,field_data,ad_id,campaign_name,form_id")
            #expect(!question.path.contains("t0ken"))
            #expect(try await fetch() == 0)
            #expect(try await desk.office.app.auditLedger().breaches == [])
        }
    }

    @Test("posted again before or after it was fetched, it is one lead and one question")
    func twice() async throws {
        try await open { desk, graph, fetch in
            graph.answers("1", .lead("1"))
            graph.answers("2", .lead("2", phone: "13812345679"))
            let first = try await post(body("1", "2", "1"), to: desk)
            #expect(first.count == 2)
            #expect(try await post(body("2", "1"), to: desk) == first)
            async let one = fetch()
            async let other = fetch()
            #expect(try await one + other == 2)
            #expect(graph.asked.count == 2)
            #expect(try await post(body("2"), to: desk).map(\.outcome) == ["accepted"])
            #expect(try await fetch() == 0)
            #expect(try await desk.office.leads().count == 2)
            #expect(try await desk.office.ledger().map(\.deliveries).sorted() == [1, 2])
        }
    }

    @Test("whoever dies after asking leaves it to the next, after the pause, and it is one lead")
    func died() async throws {
        try await open { desk, graph, fetch in
            graph.answers("1", .lead("1"))
            try await post(body("1"), to: desk)
            let spine = desk.office.spine
            let taken = try await spine.perform(Cause(actor: "test")) { work in
                try await FetchStore(work.tx).claim(atMost: 8, .standard, now: work.now)
            }
            #expect(taken.count == 1)
            #expect(try await fetch() == 0)
            try await spine.advanceClock(bySeconds: 31)
            #expect(try await fetch() == 1)
            #expect(try await desk.office.leads().count == 1)
        }
    }

    @Test("what Meta cannot do just now is asked for again, after pauses that grow")
    func later() async throws {
        try await open { desk, graph, fetch in
            graph.answers(
                "1",
                .fault(500, code: 2),
                .fault(400, code: 4),
                .init(status: 429, body: ""),
                .init(body: "<html>"),
                .lead("1")
            )
            try await post(body("1"), to: desk)
            let spine = desk.office.spine
            var faults: [String] = []
            for pause in [30, 60, 120, 240] {
                #expect(try await fetch() == 1)
                let row = try #require(try await desk.office.waiting().first)
                faults.append(row.fault?.kind.rawValue ?? "")
                #expect(row.fault?.detail.contains("Zhang") == false)
                try await spine.advanceClock(bySeconds: Double(pause) - 10)
                #expect(try await fetch() == 0)
                try await spine.advanceClock(bySeconds: 11)
            }
            #expect(faults == ["fetch-away", "fetch-busy", "fetch-busy", "fetch-unreadable"])
            #expect(try await desk.office.ledger().isEmpty)
            #expect(try await fetch() == 1)
            #expect(try await desk.office.ledger().map(\.outcome) == ["accepted"])
        }
    }

    @Test("what Meta gives to nobody is a rejected row that says so, until somebody has it tried again")
    func refused() async throws {
        try await open { desk, graph, fetch in
            graph.answers("1", .fault(400, code: 100, subcode: 33), .lead("1"))
            try await post(body("1"), to: desk)
            #expect(try await fetch() == 1)
            let row = try #require(try await desk.office.ledger().first)
            #expect((row.outcome, row.reason) == ("rejected", "fetch-refused"))
            try await desk.opens("/leads/ledger/\(row.id.wire)", "/leads/channels/web", "/leads/channels/web/adapter")
            let page = try await desk.client.get("/leads/channels/web", as: desk.marketer)
            #expect(page.text.contains("Given up"))
            #expect(page.text.contains("code 100, subcode 33"))
            let again = try await desk.client.post("/leads/channels/web/fetch", form: [:], as: desk.marketer)
            #expect(again.status == 303)
            #expect(try await desk.client.post("/leads/channels/web/fetch", form: [:], as: desk.agent).status == 403)
            #expect(try await fetch() == 1)
            #expect(try await desk.office.ledger().map(\.outcome).sorted() == ["accepted", "rejected"])
            #expect(try await desk.office.app.auditLedger().breaches == [])
        }
    }

    @Test("what waits is told to operators: how much, since when, and what to do once that is too long")
    func told() async throws {
        try await open { desk, graph, fetch in
            func figure() async throws -> OperationsFigure {
                let clock = desk.office.spine.clock
                let viewer = try FrontDoor.pages(now: { clock.now }).viewer(.english)
                return OperationsFigure(try await desk.office.spine.read { try await FetchStore($0).backlog() }, viewer)
            }
            #expect(try await figure().stat.value == "0")
            graph.answers("1", .fault(500, code: 2))
            try await post(body("1", "2"), to: desk)
            #expect(try await fetch() == 2)
            let young = try await figure()
            #expect(young.stat.value == "1" && young.needs.isEmpty)
            #expect(young.stat.note?.hasSuffix("1 given up") == true)
            try await desk.office.spine.advanceClock(bySeconds: FetchBacklog.patience + 1)
            let late = try await figure()
            #expect(late.stat.tone == .bad)
            #expect(late.needs.map(\.href) == ["/leads/channels/web"])
            #expect(late.needs.first?.text.contains("15 min") == true)
            try await LeadMetrics.measure(desk.office.spine)
        }
    }

    @Test("a token that Meta does not take is waited for as long as the policy says, then the row is rejected")
    func expired() async throws {
        try await open { desk, graph, fetch in
            graph.answers("1", .fault(401, code: 190, subcode: 463))
            try await post(body("1"), to: desk)
            #expect(try await fetch() == 1)
            try await desk.office.spine.advanceClock(bySeconds: 71 * 3_600)
            #expect(try await fetch() == 1)
            #expect(try await desk.office.waiting().first?.fault?.kind == .accessRefused)
            try await desk.office.spine.advanceClock(bySeconds: 3_601)
            #expect(try await fetch() == 1)
            #expect(try await desk.office.ledger().map(\.reason) == ["fetch-access-refused"])
            try await desk.office.spine.advanceClock(bySeconds: 86_400)
            #expect(try await fetch() == 0)
        }
    }

    @Test("the token may be in a file, which goes before a stored one, and nobody sees it again")
    func tokenFile() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tokens-\(UUID.v7().wire)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await open(token: nil) { desk, graph, fetch in
            graph.answers("1", .lead("1"))
            var fetch = fetch
            try await post(body("1"), to: desk)
            #expect(try await fetch() == 1)
            #expect(try await desk.office.waiting().first?.fault?.kind == .noToken)
            let preset = AdapterSettings.preset(.meta)
            var form = [
                "platform": "meta", "signature": "hmac-sha256", "header": "X-Hub-Signature-256", "prefix": "sha256=",
                "items": preset.items, "fields": preset.fields.text, "do": "save", "token": "st0red",
                "tokenFile": "../etc/passwd",
            ]
            let page = "/leads/channels/web/adapter"
            #expect(try await desk.client.post(page, form: form, as: desk.marketer).status == 422)
            form["tokenFile"] = "page-a"
            #expect(try await desk.client.post(page, form: form, as: desk.marketer).status == 303)
            fetch = desk.office.fetching(from: fetch.graph, tokens: folder.path())
            #expect(try await desk.client.post("/leads/channels/web/fetch", form: [:], as: desk.marketer).status == 303)
            #expect(try await fetch() == 1)
            #expect(try await desk.office.waiting().first?.fault?.kind == .noToken)
            try Data("fr0m-file\n".utf8).write(to: folder.appending(path: "page-a"))
            #expect(try await desk.client.post("/leads/channels/web/fetch", form: [:], as: desk.marketer).status == 303)
            #expect(try await fetch() == 1)
            #expect(graph.asked.map(\.authorization) == ["Bearer fr0m-file"])
            #expect(try await !desk.client.get(page, as: desk.marketer).text.contains("st0red"))
            for word in ["st0red", "fr0m-file"] {
                let told: SQL = "SELECT count(*) AS count FROM journal WHERE data::text LIKE '%' || \(word) || '%'"
                #expect(try await desk.office.count(told) == 0)
            }
        }
    }

    @Test(
        "Meta's numbers say whether asking again is of use",
        arguments: [
            (400, 4, FetchFault.Kind.busy), (400, 613, .busy), (400, 80_005, .busy), (500, 1, .away), (400, 2, .away),
            (400, 190, .accessRefused), (403, 200, .accessRefused), (400, 10, .accessRefused), (400, 100, .refused),
            (404, 803, .refused), (503, 999, .away),
        ]
    )
    func faults(_ status: Int, _ code: Int, _ kind: FetchFault.Kind) {
        #expect(MetaGraph.fault(status: status, in: GraphDouble.Answer.fault(status, code: code).body).kind == kind)
        #expect(MetaGraph.fault(status: 502, in: "<html>").kind == .away)
    }
}

extension Office {
    /// The turn of a replica that asks this cloud.
    fileprivate func fetching(from graph: MetaGraph?, tokens folder: String? = nil) -> FetchLeads {
        FetchLeads(
            spine: spine,
            accept: app.acceptSubmissions,
            graph: graph,
            tokens: AccessTokens(folder: folder),
            zone: .shanghai
        )
    }

    fileprivate func waiting() async throws -> [PlatformFetch] {
        try await spine.read { try await FetchStore($0).of("web", limit: 10) }
    }

    fileprivate func fetches() async throws -> Int { try await count("SELECT count(*) AS count FROM platform_fetches") }
}
