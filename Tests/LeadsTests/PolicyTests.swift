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

@Suite("Policies")
struct PolicyTests {
    private static let admin = Principal(
        staffID: .v7(),
        name: "Admin",
        email: "admin@lintel.example",
        role: .admin,
        scope: .all
    )

    private func wish(_ office: Office, _ version: Int, _ values: [String: Double], note: String? = nil) async throws {
        try await office.spine.perform(Cause(actor: "test")) { work in
            try await office.app.changePolicy(
                "response.first",
                PolicyWish(version: version, values: values, note: note),
                work
            )
        }
    }

    @Test("a change is a new version, holds for the next lead, and is journalled with what it changed")
    func change() async throws {
        try await Office.open { office in
            try await office.staff()
            try await wish(office, 1, ["cRespondWithin": 600], note: "campaign")
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            #expect(lead.responseDueAt.timeIntervalSince(lead.receivedAt) == 600)
            let changed = try await office.spine.events(of: PolicyChanged.self)
            #expect(changed.map(\.version) == [2])
            #expect(changed.first?.changes == [.init(field: "cRespondWithin", from: 7_200, to: 600)])
            try await office.spine.fireTimers(office.app.timers, now: lead.receivedAt.addingTimeInterval(700))
            #expect(try await office.spine.events(of: LeadResponseOverdue.self).first?.why.version == 2)
        }
    }

    @Test("who looked at an older version is told, and what is out of bounds is refused by its field")
    func refused() async throws {
        try await Office.open { office in
            try await wish(office, 1, ["aRespondWithin": 120])
            await #expect(throws: Rejection.self) { try await wish(office, 1, ["aRespondWithin": 180]) }
            for (field, value) in [("aRespondWithin", 0), ("aRespondWithin", 40.5), ("unknown", 60)] {
                let rejection = await #expect(throws: Rejection.self) { try await wish(office, 2, [field: value]) }
                #expect(rejection?.field == "values/\(field)")
            }
            // The same numbers again are no change.
            try await wish(office, 2, ["aRespondWithin": 120])
            #expect(try await office.spine.events(of: PolicyChanged.self).count == 1)
        }
    }

    @Test("two who save at once: one of them is told that the other was first")
    func race() async throws {
        try await Office.open { office in
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for seconds in [60.0, 90] {
                    group.addTask {
                        do {
                            try await wish(office, 1, ["aRespondWithin": seconds])
                            return true
                        } catch is Rejection { return false }
                    }
                }
                return try await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(won.count { $0 } == 1)
        }
    }

    @Test("a field that a stored version does not know yet is as it was delivered")
    func younger() throws {
        #expect(ResponsePolicy(["aRespondWithin": 60]).cRespondWithin == ResponsePolicy.standard.cRespondWithin)
    }

    @Test("every policy is named once, its defaults are within its bounds, and its fields are named once")
    func catalogue() throws {
        #expect(Set(PolicyCatalogue.leads.all.map(\.name)).count == PolicyCatalogue.leads.all.count)
        for policy in PolicyCatalogue.leads.all {
            #expect(Set(policy.fields.map(\.name)).count == policy.fields.count, "\(policy.name)")
            #expect(try policy.values([:], with: policy.standard) == policy.standard, "\(policy.name)")
        }
    }

    @Test("administrators change, management looks, agents do neither", arguments: ["en", "zh-Hans"])
    func pages(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let agent = Principal(staffID: .v7(), name: "B", email: "b@l.example", role: .agent, scope: .own)
            let path = "/leads/settings/response.first"
            let form = ["version": "1", "aRespondWithin": "120", "note": "faster"]
            #expect(try await client.get("/leads/settings", as: agent).status == 403)
            #expect(try await client.post(path, form: form, as: head).status == 403)
            #expect(try await client.get(path, as: head).text.contains("<form class=\"pane\"") == false)
            #expect(try await client.post(path, form: form, as: Self.admin).status == 303)
            for page in ["/leads/settings"] + PolicyCatalogue.leads.all.map({ "/leads/settings/\($0.name)" }) {
                for who in [head, Self.admin] {
                    let answer = try await client.get(page, as: who, headers: [.acceptLanguage: language])
                    #expect(answer.status == 200, "\(page)")
                    #expect(answer.missingWords == [], "\(page)")
                }
            }
            let refused = try await client.post(path, form: ["version": "2", "aRespondWithin": "x"], as: Self.admin)
            #expect(refused.status == 422)
            #expect(refused.text.contains("field-error"))
            #expect(try await client.post(path, form: form, as: Self.admin).status == 422)
            #expect(try await client.get("/leads/settings/none", as: head).status == 404)
        }
    }

    @Test("the API shows bounds, changes once per key, and says who may")
    func api() async throws {
        try await FrontDoor.open { office, client, head in
            let path = "/leads/api/v1/policies/response.first"
            let wish = #"{"version": 1, "values": {"bRespondWithin": 900}}"#
            #expect(try await client.post(path, json: wish, as: head).status == 403)
            var key: HTTPFields = [:]
            key[try #require(HTTPField.Name("Idempotency-Key"))] = "k-1"
            for _ in 0..<2 {
                let answer = try await client.post(path, json: wish, as: Self.admin, headers: key)
                #expect(answer.status == 200)
                #expect(answer.text.contains(#""version":2"#))
            }
            #expect(try await client.post(path, json: wish, as: Self.admin).status == 409)
            let bad = #"{"version": 2, "values": {"bRespondWithin": 1}}"#
            let refused = try await client.post(path, json: bad, as: Self.admin)
            #expect(refused.status == 422)
            #expect(refused.text.contains("values/bRespondWithin"))
            #expect(try await client.get("/leads/api/v1/policies", as: head).text.contains(#""unit":"seconds""#))
        }
    }
}
