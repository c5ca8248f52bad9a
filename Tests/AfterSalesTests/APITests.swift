import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import AfterSales

@Suite("The service's API")
struct APITests {
    private func complaint(_ uid: UID, title: String = "卫生间漏水") -> String {
        #"{"uid":"\#(uid)","kind":"complaint","title":"\#(title)","text":"从昨天晚上开始"}"#
    }

    @Test("a case is taken, answered and closed, and its story can be read")
    func story() async throws {
        try await FrontDoor.open { desk, door in
            let taken = try await door.client.post(
                "/service/api/v1/cases",
                json: complaint(desk.customer),
                as: door.clerk
            )
            #expect(taken.status == 201)
            let seen = try taken.json(FrontDoor.CaseSeen.self)
            #expect(seen.status == "new")
            let path = "/service/api/v1/cases/\(seen.id)"
            let answered = try await door.client.post("\(path)/replies", json: #"{"text":"马上来"}"#, as: door.clerk)
            #expect(answered.status == 201)
            #expect(try answered.json(FrontDoor.CaseSeen.self).status == "answered")
            let closed = try await door.client.post("\(path)/close", json: #"{"result":"修好了"}"#, as: door.clerk)
            #expect(closed.status == 200)
            let again = try await door.client.post("\(path)/replies", json: #"{"text":"再来"}"#, as: door.clerk)
            #expect(again.status == 409)
            #expect(try again.json(FrontDoor.Problem.self).code == "case-closed")
            let read = try await door.client.get(path, as: door.clerk)
            #expect(try read.json(FrontDoor.CaseSeen.self).entries?.map(\.kind) == ["opened", "reply", "closed"])
        }
    }

    @Test("the same key gives the same case, and the same key with other words is refused")
    func once() async throws {
        try await FrontDoor.open { desk, door in
            let key: HTTPFields = [try #require(HTTPField.Name("Idempotency-Key")): "k-1"]
            let first = try await door.client.post(
                "/service/api/v1/cases",
                json: complaint(desk.customer),
                as: door.clerk,
                headers: key
            )
            let second = try await door.client.post(
                "/service/api/v1/cases",
                json: complaint(desk.customer),
                as: door.clerk,
                headers: key
            )
            #expect(first.status == 201)
            #expect(second.status == 201)
            #expect(first.text == second.text)
            let other = try await door.client.post(
                "/service/api/v1/cases",
                json: complaint(desk.customer, title: "别的"),
                as: door.clerk,
                headers: key
            )
            #expect(other.status == 409)
            #expect(try await desk.spine.events(of: CaseOpened.self).count == 1)
        }
    }

    @Test(
        "what is wrong with a request is said by the name of its field",
        arguments: [
            (#"{"kind":"complaint","title":"a","text":"b"}"#, "uid"),
            (#"{"uid":"x","kind":"complaint","title":"a","text":"b"}"#, "uid"),
            (#"{"uid":"019ab000-0000-7000-8000-000000000001","kind":"complaint","title":"a","text":"b"}"#, "uid"),
            (#"{"uid":"019ab000-0000-7000-8000-000000000001","kind":"gossip","title":"a","text":"b"}"#, "kind"),
            (#"{"uid":"019ab000-0000-7000-8000-000000000001","kind":"repair","title":7,"text":"b"}"#, "title"),
            (#"{"uid":"019ab000-0000-7000-8000-000000000001","kind":"repair","title":"a","text":"\u0000"}"#, "text"),
            ("not json", "body"),
            (String(repeating: "[", count: 20_000), "body"),
        ] as [(String, String?)]
    )
    func refused(_ body: String, _ field: String?) async throws {
        try await FrontDoor.open { _, door in
            let answer = try await door.client.post("/service/api/v1/cases", json: body, as: door.clerk)
            #expect(answer.status == 422)
            #expect(try answer.json(FrontDoor.Problem.self).field == field)
        }
    }

    @Test("nobody, the wrong role, and nothing there have each their status")
    func access() async throws {
        try await FrontDoor.open { desk, door in
            let opened = try await desk.takes()
            let path = "/service/api/v1/cases"
            #expect(try await door.client.get(path).status == 401)
            #expect(try await door.client.get(path, as: door.principal(.marketing, .new())).status == 403)
            #expect(try await door.client.get("\(path)/\(UUID().wire)", as: door.clerk).status == 404)
            #expect(try await door.client.get("\(path)/17", as: door.clerk).status == 404)
            let agent = door.principal(.agent, .new())
            #expect(try await door.client.get("\(path)/\(opened.id)", as: agent).status == 404)
            let reply = try await door.client.post("\(path)/\(opened.id)/replies", json: #"{"text":"a"}"#, as: agent)
            #expect(reply.status == 403)
            let wish = #"{"staffId":"\#(desk.clerks[1])"}"#
            #expect(try await door.client.post("\(path)/\(opened.id)/owner", json: wish, as: door.clerk).status == 403)
            #expect(
                try await door.client.post("\(path)/\(opened.id)/owner", json: wish, as: door.supervisor).status == 200
            )
        }
    }

    @Test("an agent sees the cases of the customers they answer for, a manager those of the team")
    func scope() async throws {
        try await FrontDoor.open { desk, door in
            try await desk.takes()
            let (agent, team) = (StaffID.new(), TeamID.new())
            let assigned = LeadAssigned(
                leadID: .new(),
                uid: desk.customer,
                ownerID: agent,
                teamID: team,
                grade: "A",
                channel: "web",
                why: Why(rule: "r", version: 1)
            )
            try await desk.spine.deliver(
                assigned,
                about: assigned.leadID,
                uid: desk.customer,
                to: desk.app.subscriptions
            )
            func seen(_ principal: Principal) async throws -> Int {
                try await door.client.get("/service/api/v1/cases", as: principal)
                    .json(FrontDoor.Listed<FrontDoor.CaseSeen>.self).items.count
            }
            #expect(try await seen(door.principal(.agent, agent)) == 1)
            #expect(try await seen(door.principal(.agent, .new())) == 0)
            #expect(try await seen(door.principal(.manager, .new(), team: team)) == 1)
            #expect(try await seen(door.principal(.manager, .new(), team: .new())) == 0)
            #expect(try await seen(door.supervisor) == 1)
        }
    }

    @Test(
        "a list is read page by page, each case once",
        arguments: ["open", "all", "overdue", "closed"]
    )
    func paged(_ show: String) async throws {
        try await FrontDoor.open { desk, door in
            for index in 0..<5 { try await desk.takes("case \(index)") }
            try await desk.spine.advanceClock(bySeconds: 7_300)
            if show == "closed" {
                for opened in try await desk.spine.events(of: CaseOpened.self) {
                    _ = try await desk.app.closeCase(
                        opened.caseID,
                        result: "好了",
                        by: desk.supervisor,
                        .staff(desk.supervisor)
                    )
                }
            }
            var seen: [String] = []
            var next: String? = ""
            while let cursor = next, seen.count < 20 {
                let rest = cursor.isEmpty ? "" : "&cursor=\(cursor)"
                let answer = try await door.client.get(
                    "/service/api/v1/cases?show=\(show)&limit=2\(rest)",
                    as: door.supervisor
                )
                let page = try answer.json(FrontDoor.Listed<FrontDoor.CaseSeen>.self)
                seen += page.items.map(\.number)
                next = page.nextCursor
            }
            #expect(seen.count == 5)
            #expect(Set(seen).count == 5)
        }
    }

    @Test("a hand-over is completed over the API, even with nothing said, and shows its care plan")
    func handover() async throws {
        try await FrontDoor.open { desk, door in
            let id = try await desk.signs()
            let path = "/service/api/v1/handovers"
            struct Seen: Decodable {
                struct Care: Decodable {
                    let step: String
                    let status: String
                }

                let id: String
                let status: String
                let care: [Care]?
            }
            let open = try await door.client.get(path, as: door.clerk).json(FrontDoor.Listed<Seen>.self)
            #expect(open.items.map(\.id) == [id.description])
            let done = try await door.client.post("\(path)/\(id)/complete", json: "", as: door.clerk)
            #expect(done.status == 200)
            let seen = try done.json(Seen.self)
            #expect(seen.status == "completed")
            #expect(seen.care?.map(\.step) == ["decoration-guide"])
            #expect(try await door.client.post("\(path)/\(id)/complete", json: "{}", as: door.clerk).status == 409)
            let date = #"{"completedAt":"2026-01-02T03:04:05Z"}"#
            #expect(try await door.client.post("\(path)/\(id)/date", json: date, as: door.clerk).status == 403)
            #expect(try await door.client.post("\(path)/\(id)/date", json: date, as: door.supervisor).status == 200)
            #expect(try await door.client.get("\(path)/\(id)", as: door.clerk).status == 200)
        }
    }
}
