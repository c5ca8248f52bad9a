import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Nurture in the console")
struct NurturePageTests {
    /// What the form of a sequence says.
    static func form(_ more: [String: String] = [:]) -> [String: String] {
        [
            "name": "Not bought", "active": "yes", "reply": "pause", "takes": "not-now", "day0": "0",
            "template0": "nurture-greeting", "tag0": "", "day1": "30", "template1": "nurture-school-brief",
            "tag1": "interest=education",
        ].merging(more) { $1 }
    }

    private static func listed(_ page: String) -> Set<String> {
        Set(page.matches(of: /\/leads\/persons\/([0-9a-f-]{36})/).map { String($0.output.1) })
    }

    @Test("marketing writes a sequence, takes a segment in, and each figure opens its people")
    func wholeWay() async throws {
        try await MarketingDesk.open { desk in
            let office = desk.office
            try await office.staff()
            try await office.push(Office.willing("1", phone: "13900000001"), Office.willing("2", phone: "13900000002"))
            let path = "/leads/nurture/\(UUID.v7().wire)"
            #expect(try await desk.client.post(path, form: Self.form(), as: desk.marketer).status == 303)
            let segment = try await office.webSegment()
            let page = try await desk.client.get("/leads/segments/\(segment)", as: desk.marketer)
            #expect(page.text.contains("/leads/segments/\(segment)/nurture"))
            let sequence = String(path.suffix(36))
            for _ in 0..<2 {
                let enrol = try await desk.client.post(
                    "/leads/segments/\(segment)/nurture",
                    form: ["sequence": sequence],
                    as: desk.marketer
                )
                #expect(enrol.headers[.location]?.hasPrefix(path) == true)
            }
            try await office.ring(at: Date())
            let shown = try await desk.client.get(path, as: desk.marketer)
            for figure in ["?state=active", "?step=1", "?state=exited"] { #expect(shown.text.contains(path + figure)) }
            let uid = try #require(try await office.leads().first?.uid)
            let stop = RecipientOptedOut(uid: uid, channel: "sms", source: "stop-reply")
            try await office.hear(stop, about: uid, uid: uid)
            let left = try await desk.client.get(path + "?reason=opted-out", as: desk.marketer)
            #expect(Self.listed(left.text) == ["\(uid)"])
            let waiting = try await desk.client.get(path + "?step=1", as: desk.marketer)
            #expect(Self.listed(waiting.text).count == 1 && !Self.listed(waiting.text).contains("\(uid)"))
            try await desk.opens(
                "/leads/nurture",
                path,
                path + "?state=active",
                path + "?step=1",
                path + "?reason=opted-out",
                "/leads/segments/\(segment)"
            )
        }
    }

    @Test("what cannot be is said with the field, and nobody but marketing writes sequences")
    func refused() async throws {
        try await MarketingDesk.open { desk in
            let path = "/leads/nurture/\(UUID.v7().wire)"
            let late = try await desk.client.post(path, form: Self.form(["day1": "400"]), as: desk.marketer)
            #expect(late.status == 422)
            #expect(try await desk.client.get(path, as: desk.agent).status == 403)
            #expect(try await desk.client.post(path, form: Self.form(), as: desk.agent).status == 403)
        }
    }

    @Test("the page of a lead says where its person is, and takes them in by hand", arguments: ["en", "zh-Hans"])
    func lead(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.willing("1"))
            let lead = try #require(try await office.leads().first)
            let id = try await office.nurture(isForWeb: false)
            let path = "/leads/leads/\(lead.id)"
            let enrol = try await client.post(path + "/nurture", form: ["sequence": id.description], as: head)
            #expect(enrol.status == 303)
            let page = try await client.get(path, as: head, headers: [.acceptLanguage: language])
            #expect(page.text.contains("Not bought"))
            #expect(page.missingWords == [])
        }
    }

    @Test("the API makes a sequence once, says its progress and takes a segment in")
    func api() async throws {
        try await MarketingDesk.open { desk in
            try await desk.office.staff()
            try await desk.office.push(Office.willing("1"))
            let path = "/leads/api/v1/nurture/\(UUID.v7().wire)"
            let wish = #"{"name":"A","isActive":true,"lines":[{"day":3,"template":"nurture-greeting"}]}"#
            #expect(try await desk.client.post(path, json: wish, as: desk.marketer).status == 200)
            #expect(try await desk.client.post(path, json: wish, as: desk.marketer).status == 409)
            let bad = wish.replacing("greeting", with: "nothing")
            #expect(try await desk.client.post(path, json: bad, as: desk.marketer).status == 422)
            let segment = try await desk.office.webSegment()
            let people = #"{"segmentId":"\#(segment)"}"#
            #expect(try await desk.client.post(path + "/people", json: people, as: desk.marketer).status == 202)
            try await desk.office.ring(at: Date())
            struct Answer: Decodable {
                let progress: [String: Int]
            }
            let answer = try await desk.client.get(path, as: desk.marketer).json(Answer.self)
            #expect(answer.progress == ["active": 1])
            #expect(try await desk.client.get("/leads/api/v1/nurture", as: desk.agent).status == 403)
        }
    }
}
