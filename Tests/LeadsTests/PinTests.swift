import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Different people, and that taken back")
struct PinTests {
    private func pin(_ office: Office, _ one: UID, _ other: UID) async throws {
        try await office.spine.perform(.staff(.new())) { work in
            try await office.app.decideReview.pin(UIDPair(one, other), work)
        }
    }

    private func lift(_ office: Office, _ one: UID, _ other: UID) async throws {
        try await office.spine.perform(.staff(.new())) { try await office.app.liftPin(one, other, .mistake, $0) }
    }

    @Test("while it stands two cannot be joined; taken back, they wait to be looked at, and can")
    func lifted() async throws {
        try await Office.open { office in
            let (one, other) = try await office.two()
            try await pin(office, one, other)
            await #expect(throws: Rejection.self) { try await office.merge(other, into: one) }
            try await lift(office, other, one)
            await #expect { try await lift(office, one, other) } throws: { ($0 as? Rejection)?.code == "not-different" }
            let reviews = try await office.reviews()
            #expect(reviews.map(\.pair) == [UIDPair(one, other)])
            #expect(reviews.first?.why.rule == "identity.pin-lifted")
            let told = try await office.spine.events(of: PinLifted.self)
            #expect(told.map(\.reason) == ["mistake"])
            let kept = try await office.spine.read { try await PinStore($0).of([one]) }
            #expect(kept.map { $0.lifted?.reason } == ["mistake"])
            try await office.merge(other, into: one)
            #expect(try await office.survivor(of: other) == one)
        }
    }

    @Test("somebody may say it again, and what was found of them then stays with the question")
    func again() async throws {
        try await Office.open { office in
            let (one, other) = try await office.two()
            let why = Why(rule: "identity.same-name", version: 1, inputs: [:])
            let review = Review(UIDPair(one, other), why: why, foundAt: Date())
            try await office.spine.perform(Cause(actor: "test")) { try await ReviewStore($0.tx).insert([review]) }
            try await office.decide(review.id, .different)
            #expect(try await office.reviews().isEmpty)
            try await lift(office, one, other)
            #expect(try await office.reviews().map(\.why.rule) == ["identity.same-name"])
            try await office.decide(review.id, .different)
            await #expect(throws: Rejection.self) { try await office.merge(other, into: one) }
            let pins = try await office.spine.read { try await PinStore($0).of([one]) }
            #expect(pins.map(\.lifted) == [nil])
        }
    }

    @Test("what stands between old UIDs of two is taken back by their new ones")
    func aliases() async throws {
        try await Office.open { office in
            let (one, other) = try await office.two()
            try await office.push(Office.enquiry("3", phone: "13900000003"))
            let third = try #require(try await office.leads().last?.uid)
            try await pin(office, third, other)
            try await office.merge(third, into: one)
            await #expect(throws: Rejection.self) { try await office.merge(other, into: one) }
            try await lift(office, one, other)
            try await office.merge(other, into: one)
            #expect(try await office.survivor(of: other) == one)
        }
    }

    @Test(
        "the page and the API take it back, for whoever leads and sees both",
        arguments: [Language.english, .chinese]
    )
    func page(_ language: Language) async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff(StaffID(Cast.owner.id), team: TeamID(Cast.team))
            let theirs = try await office.staff(team: TeamID(Cast.otherTeam))
            let (one, other) = try await office.two(names: ("张无忌", "周芷若"))
            try await office.belong(one, to: StaffID(Cast.owner.id), TeamID(Cast.team), Cast.projectName)
            try await office.belong(other, to: theirs, TeamID(Cast.otherTeam), "garden-city")
            try await pin(office, one, other)
            let path = "/leads/persons/\(one)"
            let action = "\(path)/different/\(other)/lift"
            var viewer = head
            viewer.language = language
            let page = try await client.get(path, as: viewer)
            #expect(page.status == 200 && page.missingWords == [])
            #expect(page.text.contains(action) && page.text.contains("周芷若"))
            // Who sees one side learns that there is another, and decides nothing.
            let manager = try await client.get(path, as: Cast.manager.principal)
            #expect(manager.status == 200)
            #expect(!manager.text.contains(action) && !manager.text.contains("周芷若"))
            for who in [Cast.manager.principal, Cast.owner.principal] {
                #expect(try await client.post(action, form: ["reason": "mistake"], as: who).status == 403)
            }
            let api = "/leads/api/v1/persons/\(one)/different/\(other)/lift"
            #expect(try await client.post(api, json: #"{"reason": "because"}"#, as: head).status == 422)
            let known = try await client.get("/leads/api/v1/persons/\(one)", as: head)
            #expect(known.text.contains(#""differentFrom":["\#(other)"]"#))
            let done = try await client.post(action, form: ["reason": "new-evidence"], as: head)
            #expect(done.status == 303)
            let after = try await client.get(path, as: viewer)
            #expect(after.missingWords == [] && !after.text.contains(action))
            #expect(try await client.post(api, json: #"{"reason": "other"}"#, as: head).status == 409)
            #expect(try await office.spine.events(of: PinLifted.self).map(\.reason) == ["new-evidence"])
        }
    }
}
