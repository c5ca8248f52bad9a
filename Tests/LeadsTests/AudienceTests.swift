import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Policies
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Messages to many")
struct AudienceTests {
    /// Orders a message to everybody who came over the channel `web`.
    private func order(_ office: Office, _ id: AudienceID = .new()) async throws -> AudienceID {
        let segment = try await office.webSegment()
        try await office.spine.perform(.staff(.new())) { work in
            try await office.app.sendToSegment(id, segment, template: "nurture-area-paper", work)
        }
        return id
    }

    private func pace(_ office: Office, _ values: [String: Double]) async throws {
        try await office.spine.perform(.staff(.new())) { work in
            let wish = PolicyWish(version: 1, values: values)
            _ = try await office.app.changePolicy("audience.pace", wish, work)
        }
    }

    private func find(_ office: Office, _ id: AudienceID) async throws -> Audience {
        try #require(try await office.spine.read { try await AudienceStore($0).find(id) })
    }

    @Test("1,200 people are handed over in pieces of 500 at a pace, each once, though it is ordered twice")
    func pieces() async throws {
        try await Office.open { office in
            try await office.staff(capacity: 5_000)
            try await pace(office, ["pauseSeconds": 600])
            let all = (0..<1_200).map { Office.willing("\($0)", phone: "139\(String(format: "%08d", $0))") }
            for start in stride(from: 0, to: all.count, by: 400) {
                try await office.push(all[start..<start + 400].map { Office.submission($0) })
            }
            let id = try await order(office)
            _ = try await order(office, id)
            let start = Date()
            try await office.ring(at: start)
            #expect(try await find(office, id).people == 500)
            // Who comes later was not there when it was ordered.
            try await office.push(Office.willing("late", phone: "13700000000"))
            for turn in 1...4 { try await office.ring(at: start.addingTimeInterval(Double(turn) * 1_000)) }
            let pieces = try await office.spine.events(of: AudienceReady.self)
            #expect(pieces.map(\.piece) == [1, 2, 3])
            #expect(pieces.map(\.people.count) == [500, 500, 200])
            #expect(pieces.map(\.isLast) == [false, false, true])
            #expect(Set(pieces.flatMap(\.people)).count == 1_200)
            #expect(pieces.allSatisfy { $0.audienceID == id.description && $0.why.inputs["segment"] == "All" })
            let done = try await find(office, id)
            #expect((done.state, done.people, done.pieces) == (.sent, 1_200, 3))
        }
    }

    @Test("a process that dies between two pieces loses none and tells none twice")
    func killed() async throws {
        struct Killed: Error {}
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1"))
            let id = try await order(office)
            let timer = DueTimer(Audience.timerKind, key: id, dueAt: Date(), cause: Cause(actor: "test"))
            await #expect(throws: Killed.self) {
                try await office.spine.perform(Cause(actor: "test")) { work in
                    try await office.app.sendToSegment.fire(timer, work)
                    throw Killed()
                }
            }
            #expect(try await office.spine.events(of: AudienceReady.self).isEmpty)
            try await office.ring(at: Date())
            // The timer rings once more.
            try await office.spine.perform(Cause(actor: "test")) { try await office.app.sendToSegment.fire(timer, $0) }
            #expect(try await office.spine.events(of: AudienceReady.self).map(\.people.count) == [1])
        }
    }

    @Test("who allows no messages is left out; who became one with somebody whose turn is over is not written to again")
    func once() async throws {
        try await Office.open { office in
            try await office.staff()
            for body in [
                Office.willing("1", phone: "13900000001"), Office.enquiry("2", phone: "13900000002"),
                Office.willing("3", phone: "13900000003"),
            ] { try await office.push(body) }
            try await pace(office, ["pieceSize": 1, "pauseSeconds": 600])
            let uids = try await office.leads().map(\.uid)
            let id = try await order(office)
            let start = Date()
            try await office.ring(at: start)
            try await office.merge(uids[0], into: uids[2])
            for seconds in [1_000.0, 2_000, 3_000] { try await office.ring(at: start.addingTimeInterval(seconds)) }
            #expect(try await office.spine.events(of: AudienceReady.self).flatMap(\.people) == [uids[0]])
            #expect(try await find(office, id).state == .sent)
        }
    }

    @Test("what is stopped waits between two pieces and goes on where it was")
    func stopped() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1"))
            let id = try await order(office)
            for isPaused in [true, true] {
                try await office.spine.perform(.staff(.new())) {
                    try await office.app.sendToSegment.steer(id, isPaused: isPaused, $0)
                }
            }
            try await office.ring(at: Date())
            #expect(try await office.spine.events(of: AudienceReady.self).isEmpty)
            try await office.spine.perform(.staff(.new())) {
                try await office.app.sendToSegment.steer(id, isPaused: false, $0)
            }
            try await office.ring(at: Date())
            #expect(try await office.spine.events(of: AudienceReady.self).count == 1)
            await #expect {
                try await office.spine.perform(.staff(.new())) {
                    try await office.app.sendToSegment.steer(id, isPaused: true, $0)
                }
            } throws: { ($0 as? Rejection)?.code == "audience-sent" }
        }
    }

    @Test("marketing sees how many, chooses, confirms and sees how far it is")
    func pages() async throws {
        try await MarketingDesk.open { desk in
            let office = desk.office
            try await office.staff()
            try await office.push(Office.willing("1", phone: "13900000001"), Office.enquiry("2", phone: "13900000002"))
            let segment = try await office.webSegment()
            let path = "/leads/segments/\(segment)/send"
            let order = try await desk.client.get(path, as: desk.marketer)
            #expect(order.text.contains("Send to 1 person"))
            let id = try #require(order.text.firstMatch(of: /name="audience" value="([0-9a-f-]{36})"/)).output.1
            let form = ["audience": String(id), "template": "nurture-greeting"]
            for _ in 0..<2 {
                let sent = try await desk.client.post(path, form: form, as: desk.marketer)
                #expect(sent.headers[.location]?.hasPrefix("/leads/audiences/\(id)") == true)
            }
            try await office.ring(at: Date())
            let page = try await desk.client.get("/leads/audiences/\(id)", as: desk.marketer)
            #expect(page.text.contains("/notify/messages?audience=\(id)"))
            try await desk.opens("/leads/audiences", "/leads/audiences/\(id)", path, "/leads/segments/\(segment)")
            let bad = ["audience": UUID.v7().wire, "template": "lead-assigned"]
            #expect(try await desk.client.post(path, form: bad, as: desk.marketer).status == 422)
            #expect(try await desk.client.post(path, form: form, as: desk.agent).status == 403)
            struct Answer: Decodable {
                let people: Int
            }
            let api = "/leads/api/v1/audiences/\(id)"
            let wish = #"{"segmentId":"\#(segment)","template":"nurture-greeting"}"#
            let answer = try await desk.client.post(api, json: wish, as: desk.marketer).json(Answer.self)
            #expect(answer.people == 1)
            #expect(try await office.spine.events(of: AudienceReady.self).count == 1)
        }
    }
}
