import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Pages and routes of persons")
struct PersonPageTests {
    @Test(
        "person, review and comparison are shown in both languages without a missing word",
        arguments: ["en", "zh-Hans"]
    )
    func shown(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            let (one, other) = try await office.two()
            let need = #", "need": {"districts": ["浦东"]}"#
            try await office.push(Office.enquiry("3", phone: "13900000003", more: need))
            try await office.takeInTags()
            try await office.settleMatches()
            let review = try #require(try await office.reviews().first)
            try await office.merge(other, into: one)
            let third = try #require(try await office.leads().last?.uid)
            let lead = try await office.leads()[0].id
            let paths = [
                "/leads/reviews", "/leads/persons/\(one)", "/leads/persons/\(one)/compare?with=13900000003",
                "/leads/persons/\(one)/compare?with=\(third)", "/leads/leads/\(lead)",
            ]
            for path in paths {
                let answer = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                #expect(answer.status == 200, "\(path)")
                #expect(answer.missingWords == [], "\(path)")
            }
            // What would hold of both says which tags would.
            let comparison = try await client.get(paths[2], as: head)
            #expect(comparison.text.components(separatedBy: "浦东").count == 3)
            // An old UID leads to who it is now.
            let old = try await client.get("/leads/persons/\(other)", as: head)
            #expect(old.status == 303)
            #expect(old.headers[.location] == "/leads/persons/\(one)")
            #expect(review.isWaiting)
        }
    }

    @Test("a pair is decided by managers alone, once per key, and the merge is taken back")
    func decide() async throws {
        struct Done: Decodable {
            let mergeId: String
        }
        try await FrontDoor.open { office, client, head in
            let (one, other) = try await office.two()
            try await office.settleMatches()
            let review = try #require(try await office.reviews().first)
            let agent = Principal(staffID: .v7(), name: "A", email: "a@lintel.example", role: .agent, scope: .own)
            let path = "/leads/api/v1/reviews/\(review.id.wire)/decide"
            #expect(try await client.post(path, json: #"{"decision": "merge"}"#, as: agent).status == 403)
            #expect(try await client.post(path, json: #"{"decision": "perhaps"}"#, as: head).status == 422)
            #expect(try await client.post(path, json: #"{"decision": "merge"}"#, as: head).status == 200)
            #expect(try await client.post(path, json: #"{"decision": "merge"}"#, as: head).status == 409)
            #expect(try await office.survivor(of: other) == one)
            struct Person: Decodable {
                struct Joined: Decodable {
                    let id: String
                }
                let uid: UID
                let aliases: [UID]
                let merges: [Joined]
            }
            let person = try await client.get("/leads/api/v1/persons/\(other)", as: head).json(Person.self)
            #expect(person.uid == one)
            #expect(person.aliases == [other])
            let undo = "/leads/api/v1/merges/\(person.merges[0].id)/undo"
            #expect(try await client.post(undo, json: "{}", as: head).status == 200)
            #expect(try await office.survivor(of: other) == other)
            #expect(try await office.reviews() == [])
        }
    }

    @Test("what staff tell holds, with who said it; a value that cannot be is named; others may not erase")
    func tell() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.push(Office.enquiry("1"))
            let uid = try await office.leads()[0].uid
            let path = "/leads/api/v1/persons/\(uid)"
            let told = try await client.post(
                "\(path)/facts",
                json: #"{"values": {"name": "张珊", "income": "300000"}}"#,
                as: head
            )
            #expect(told.status == 200)
            #expect(told.text.contains("fact.more-certain"))
            #expect(try await office.sides([uid])[uid]?.person.name == "张珊")
            let bad = try await client.post("\(path)/facts", json: #"{"values": {"income": "much"}}"#, as: head)
            #expect(bad.status == 422)
            #expect(bad.text.contains("income"))
            let manager = Principal(staffID: .v7(), name: "M", email: "m@lintel.example", role: .manager, scope: .all)
            #expect(try await client.post("\(path)/erase", json: #"{"reason": "request"}"#, as: manager).status == 403)
            #expect(try await client.get("\(path)/export", as: manager).status == 200)
            #expect(try await client.post("\(path)/erase", json: #"{"reason": "request"}"#, as: head).status == 200)
            #expect(try await client.get(path, as: head).text.contains("13812345678") == false)
        }
    }
}
