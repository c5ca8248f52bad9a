import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import AfterSales

@Suite("The desk's pages")
struct PageTests {
    @Test("every template agrees with its view, and every word is said in both languages")
    func verified() async throws {
        try await FrontDoor.open { desk, door in
            let pages = door.pages
            #expect(pages.strings.verify() == [])
            let samples = try await Samples(desk, pages)
            #expect(pages.verify("case-list", with: samples.list, samples.emptyList) == [])
            #expect(pages.verify("case-table", with: samples.list, samples.emptyList) == [])
            #expect(pages.verify("case", with: samples.fullCase, samples.closedCase) == [])
            #expect(pages.verify("case-new", with: samples.search, samples.noSearch, samples.form) == [])
            #expect(pages.verify("handover-list", with: samples.handovers, samples.noHandovers) == [])
            #expect(pages.verify("handover", with: samples.openHandover, samples.doneHandover) == [])
            #expect(pages.verify("today-fragment", with: samples.today, samples.quietDay) == [])
            #expect(pages.verify("person-fragment", with: samples.person, samples.quietPerson) == [])
            let verified = [
                "case-list", "case", "case-new", "handover-list", "handover", "today-fragment", "person-fragment",
                "fragment-line", "case-table", "case-search",
            ]
            #expect(Set(pages.ownTemplates).subtracting(verified) == [])
        }
    }

    @Test("every page opens in both languages and lacks no word", arguments: [Language.english, .chinese])
    func rendered(_ language: Language) async throws {
        try await FrontDoor.open { desk, door in
            let opened = try await desk.takes("<b>漏水</b>")
            let handover = try await desk.signs()
            let answered = try await desk.takes("answered")
            try await desk.answers(answered.id)
            let supervisor = door.principal(.supervisor, desk.supervisor, language)
            _ = try await desk.app.completeHandover(
                handover,
                HandoverCompletion(note: "钥匙两把"),
                by: desk.supervisor,
                .staff(desk.supervisor)
            )
            _ = try await desk.app.giveCase(
                answered.id,
                to: desk.supervisor,
                by: desk.supervisor,
                .staff(desk.supervisor)
            )
            try await desk.waits(until: opened.escalationAt)
            let other = try await desk.signs()
            let paths = [
                "/service/cases", "/service/cases?show=mine", "/service/cases?show=overdue&kind=repair",
                "/service/cases?show=closed", "/service/cases/\(opened.id)", "/service/cases/\(answered.id)",
                "/service/cases/new", "/service/cases/new?q=张", "/service/cases/new?q=nobody",
                "/service/cases/new?uid=\(desk.customer)", "/service/handovers", "/service/handovers?status=completed",
                "/service/handovers/\(handover)", "/service/handovers/\(other)", "/service/fragments/today",
                "/service/fragments/person/\(desk.customer)", "/service/fragments/person/\(UID.new())",
                "/service/fragments/search?q=answered", "/service/fragments/cases?show=mine",
            ]
            for path in paths {
                let escaped = path.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? path
                let page = try await door.client.get(escaped, as: supervisor)
                #expect(page.status == 200, "\(path)")
                #expect(page.missingWords == [], "\(path)")
                #expect(!page.text.contains("<b>漏水"), "\(path)")
                #expect(!page.text.contains("{{"), "\(path)")
            }
            let page = try await door.client.get("/service/cases/\(opened.id)", as: supervisor)
            #expect(page.text.contains(language == .english ? "head alerted" : "已上报负责领导"))
        }
    }

    @Test("the form of a new case takes it once, however often the button is pressed")
    func pressedTwice() async throws {
        try await FrontDoor.open { desk, door in
            let form = [
                "uid": desk.customer.description, "key": UUID().wire, "kind": "complaint", "severity": "high",
                "title": "漏水", "text": "从昨天晚上开始",
            ]
            let first = try await door.client.post("/service/cases", form: form, as: door.clerk)
            let second = try await door.client.post("/service/cases", form: form, as: door.clerk)
            #expect(first.status == 303)
            #expect(first.headers[.location] == second.headers[.location])
            #expect(try await desk.spine.events(of: CaseOpened.self).count == 1)
        }
    }

    @Test("what is wrong with a form is said beside its field, and nothing typed is lost")
    func refusedForm() async throws {
        try await FrontDoor.open { desk, door in
            let form = [
                "uid": desk.customer.description, "key": "k", "kind": "complaint", "severity": "normal", "title": "",
                "text": "从昨天晚上开始",
            ]
            let answer = try await door.client.post("/service/cases", form: form, as: door.clerk)
            #expect(answer.status == 422)
            #expect(answer.text.contains("Please write something here."))
            #expect(answer.text.contains("从昨天晚上开始"))
            let opened = try await desk.takes()
            let reply = try await door.client.post(
                "/service/cases/\(opened.id)/replies",
                form: ["text": "  "],
                as: door.clerk
            )
            #expect(reply.status == 422)
            #expect(reply.text.contains("Please write something here."))
        }
    }

    @Test("answering, closing and handing over by form leads back to the page")
    func forms() async throws {
        try await FrontDoor.open { desk, door in
            let opened = try await desk.takes()
            let path = "/service/cases/\(opened.id)"
            let forms = [
                ("replies", ["text": "马上来"]), ("owner", ["staff": desk.clerks[1].description]),
                ("close", ["result": "修好了"]),
            ]
            for (name, form) in forms {
                let answer = try await door.client.post("\(path)/\(name)", form: form, as: door.supervisor)
                #expect(answer.status == 303, "\(name)")
                #expect(answer.headers[.location] == path)
            }
            let handover = try await desk.signs()
            let home = "/service/handovers/\(handover)"
            let future = ["completedAt": "2099-01-01T10:00", "note": "钥匙两把"]
            let refused = try await door.client.post("\(home)/complete", form: future, as: door.clerk)
            #expect(refused.status == 422)
            #expect(refused.text.contains("钥匙两把"))
            let done = ["completedAt": "2026-01-31T10:00", "note": "钥匙两把"]
            #expect(try await door.client.post("\(home)/complete", form: done, as: door.clerk).status == 303)
            let plan = try await desk.spine.read { tx in try await CareStore(tx).plan(of: handover) }
            #expect(plan.first?.dueAt == shanghai("2026-04-30T10:00"))
        }
    }

    @Test("a number is shown in full to who works on the case or leads the desk, and masked to others")
    func masked() async throws {
        try await FrontDoor.open { desk, door in
            let opened = try await desk.takes()
            let owner = try #require(opened.ownerID)
            let other = try #require(desk.clerks.first { $0 != owner })
            func page(_ principal: Principal) async throws -> String {
                try await door.client.get("/service/cases/\(opened.id)", as: principal).text
            }
            for trusted in [door.principal(.service, owner), door.supervisor] {
                let full = try await page(trusted)
                #expect(full.contains("138 1234 5678"))
            }
            let masked = try await page(door.principal(.service, other))
            #expect(masked.contains("138 **** 5678"))
            #expect(!masked.contains("13812345678"))
        }
    }

    @Test("the search over everything finds cases by number, title or customer, and is silent where there are none")
    func search() async throws {
        try await FrontDoor.open { desk, door in
            let opened = try await desk.takes("电梯停运")
            for text in [opened.number, "%E7%94%B5%E6%A2%AF"] {
                let found = try await door.client.get("/service/fragments/search?q=\(text)", as: door.clerk)
                #expect(found.status == 200)
                #expect(found.text.contains("电梯停运"))
            }
            #expect(try await door.client.get("/service/fragments/search?q=nothing", as: door.clerk).status == 204)
        }
    }

    @Test("who has nothing to do with after-sales sees nothing of it in their day")
    func strangers() async throws {
        try await FrontDoor.open { desk, door in
            try await desk.takes()
            let marketing = door.principal(.marketing, .new())
            #expect(try await door.client.get("/service/fragments/today", as: marketing).status == 204)
            #expect(try await door.client.get("/service/cases", as: marketing).status == 403)
            let agent = door.principal(.agent, .new())
            let fragment = try await door.client.get("/service/fragments/person/\(desk.customer)", as: agent)
            #expect(fragment.status == 200)
            #expect(!fragment.text.contains("漏水"))
            #expect(!fragment.text.contains("/service/cases/new"))
        }
    }
}
