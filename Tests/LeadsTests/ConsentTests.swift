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

@Suite("Consent for each purpose")
struct ConsentTests {
    private static let apart = #", "consent": {"sms": true, "email": true, "purposes": {"marketing": {"sms": false}}}"#

    @Test("an enquiry allows one purpose and refuses another, and others hear of both with what they go by")
    func enquiry() async throws {
        try await Office.open { office in
            let words =
                #", "purposes": {"marketing": {"sms": false}, "profiling": {"sms": true}}, "words": " 2026-03 "}"#
            try await office.push(Office.enquiry("1", more: #", "consent": {"sms": true"# + words))
            let person = try await office.person()
            #expect(person.consents[.marketing, .sms]?.allows == false)
            #expect(person.consents[.care, .sms]?.allows == true)
            #expect(person.consents[.care, .sms]?.words == "2026-03")
            let told = try #require(try await office.spine.events(of: PersonIdentified.self).last)
            #expect(told.consent[.marketing, .sms] == false)
            #expect(told.consent[.care, .sms] == true)
            #expect(told.consent.sms == nil, "a reader of before there were purposes writes nothing that needs a yes")
            #expect(told.grounds == person.consents.told)
            let received = try #require(try await office.spine.events(of: LeadReceived.self).last)
            #expect(received.consent?.sms == nil)
            #expect(received.consent?[.marketing, .sms] == false)
            let notes = try await office.count(
                "SELECT count(*) AS count FROM submissions WHERE notes::text LIKE '%unknown-purpose%'"
            )
            #expect(notes == 1)
        }
    }

    @Test("the old form means what it meant: every purpose, also of a person whom the version before has stored")
    func oldForm() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", more: #", "consent": {"sms": true, "email": false}"#))
            let person = try await office.person()
            #expect(person.consents.allowed == ConsentScope(by: .sms))
            #expect(person.consents.refused == ConsentScope(by: .email))
            #expect(person.consent == Consent(sms: true, email: false))
            try await office.writeAsBefore(person.uid)
            let before = try await office.person()
            #expect(before.consents.allowed == ConsentScope(by: .sms))
            #expect(before.consents.refused == ConsentScope(by: .email))
            #expect(try await office.belonging([SegmentTest(.smsAllowed)]) == [person.uid])
            #expect(try await office.belonging([SegmentTest(.emailAllowed)]) == [])
        }
    }

    @Test("a segment, a sequence and a message to many ask for marketing, whatever else is allowed")
    func marketing() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", phone: "13900000001", more: Self.apart))
            try await office.push(Office.enquiry("2", phone: "13900000002", more: #", "consent": {"sms": true}"#))
            let only = #", "consent": {"purposes": {"marketing": {"sms": true}, "service": {"sms": true}}}"#
            try await office.push(Office.enquiry("3", phone: "13900000003", more: only))
            let care = #", "consent": {"purposes": {"care": {"sms": true}}}"#
            try await office.push(Office.enquiry("4", phone: "13900000004", more: care))
            let uids = try await office.leads().map(\.uid)
            #expect(try await office.belonging([SegmentTest(.smsAllowed)]) == [uids[1], uids[2]])
            #expect(try await office.belonging([SegmentTest(.smsAllowed, isNot: true)]) == [uids[0], uids[3]])
            #expect(try await office.belonging([SegmentTest(.emailAllowed)]) == [uids[0]])
            let (facts, reachable) = try await office.spine.read { tx in
                (
                    try await NurtureFactStore(tx).facts(of: uids),
                    try await AudienceStore(tx).reachable([SegmentTest(.activeWithinDays, "1")], now: Date())
                )
            }
            #expect(uids.map { facts[$0]?.allowsSMS } == [false, true, true, nil])
            #expect(uids.map { facts[$0]?.silence } == ["no-address", nil, nil, "no-consent"])
            #expect(reachable == 3)
        }
    }

    @Test(
        "STOP takes back every purpose by text, once however often it is heard, and what staff note lifts one of them"
    )
    func stop() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", more: #", "consent": {"sms": true, "email": true}"#))
            let uid = try await office.person().uid
            let (stop, id) = (RecipientOptedOut(uid: uid, channel: "sms", source: "stop-reply"), UUID.v7())
            for _ in 0..<2 { try await office.hear(stop, about: uid, uid: uid, id: id) }
            var person = try await office.person()
            #expect(person.consents.refused == ConsentScope(by: .sms))
            #expect(person.consents.allowed == ConsentScope(by: .email))
            #expect(try await office.spine.events(of: ConsentChanged.self).count == 1)
            try await office.notes(uid, "service")
            person = try await office.person()
            #expect(person.consents[.service, .sms]?.source == "staff")
            #expect(person.consents[.service, .sms]?.allows == true)
            #expect(person.consents[.marketing, .sms]?.allows == false)
            let changed = try #require(try await office.spine.events(of: ConsentChanged.self).last)
            #expect(changed.grounds == person.consents.told)
            // A form takes back no no.
            try await office.push(Office.enquiry("2", more: #", "consent": {"sms": true}"#))
            #expect(try await office.person().consents[.marketing, .sms]?.allows == false)
        }
    }

    @Test("the link of a mail takes back what that mail was for, and nothing else; nurture goes by it at once")
    func unsubscribed() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", more: #", "consent": {"sms": true, "email": true}"#))
            let uid = try await office.person().uid
            let id = UUID.v7()
            let stop = RecipientOptedOut(uid: uid, channel: "email", source: "unsubscribe-link", purpose: "marketing")
            for _ in 0..<2 { try await office.hear(stop, about: uid, uid: uid, id: id) }
            let person = try await office.person()
            #expect(person.consents.refused == ConsentScope(.marketing, by: .email))
            #expect(person.consents[.marketing, .email]?.source == "unsubscribe-link")
            #expect(person.consents[.service, .email]?.allows == true)
            #expect(person.consents[.marketing, .sms]?.allows == true)
            #expect(try await office.spine.events(of: ConsentChanged.self).map(\.source) == ["unsubscribe-link"])
        }
    }

    @Test("of two who are one the stricter holds for each purpose, and each has their own again")
    func merged() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", phone: "13900000001", more: #", "consent": {"sms": true}"#))
            try await office.push(Office.enquiry("2", phone: "13900000002", more: Self.apart))
            let uids = try await office.leads().map(\.uid)
            let merge = try await office.merge(uids[1], into: uids[0])
            let whole = try #require(try await office.sides([uids[0]])[uids[0]]).person.consents
            #expect(whole.refused == ConsentScope(.marketing, by: .sms))
            #expect(whole.allowed.isSuperset(of: ConsentScope(by: .email)))
            // A no that is told of one side stays with it, although it was known of the other.
            try await office.push(
                Office.enquiry("3", phone: "13900000001", more: #", "consent": {"email": false}"#)
            )
            try await office.push(
                Office.enquiry("4", phone: "13900000002", more: #", "consent": {"email": false}"#)
            )
            try await office.unmerge(merge.id)
            let sides = try await office.sides(uids)
            #expect(sides[uids[0]]?.person.consents[.marketing, .sms]?.allows == true)
            #expect(sides[uids[1]]?.person.consents[.marketing, .sms]?.allows == false)
            for uid in uids { #expect(sides[uid]?.person.consents[.care, .email]?.allows == false) }
        }
    }

    @Test("staff note on the person's page what was said, with how they heard it and why, and it is never overwritten")
    func page() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.push(Office.enquiry("1", more: #", "consent": {"sms": true}"#))
            let uid = try await office.person().uid
            let path = "/leads/persons/\(uid)"
            var form = ["says": "no", "purposes": "marketing", "means": "sms", "heardBy": "call", "reason": " "]
            let refused = try await client.post("\(path)/consents", form: form, as: head)
            #expect(refused.status == 422)
            #expect(refused.text.contains(#"value="marketing" id="purposes-marketing" checked"#))
            form["reason"] = "太多"
            let told = try await client.post("\(path)/consents", form: form, as: head)
            #expect(told.status == 303)
            let person = try await office.person()
            #expect(person.consents[.marketing, .sms]?.allows == false)
            #expect(person.consents[.service, .sms]?.allows == true)
            for (language, word) in [("en", "takes back or refuses"), ("zh-Hans", "撤回或拒绝")] {
                let shown = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                #expect(shown.missingWords == [])
                #expect(shown.text.contains("太多"))
                #expect(shown.text.contains(word))
            }
            let body =
                #"{"allows": true, "purposes": ["marketing"], "means": ["sms"], "heardBy": "paper", "reason": "Signed"}"#
            let answer = try await client.post("/leads/api/v1/persons/\(uid)/consents", json: body, as: head)
            #expect(answer.status == 200)
            let known = try JSONDecoder().decode(Known.self, from: Data(answer.text.utf8))
            #expect(known.consentHistory.map(\.allows) == [true, false, true])
            #expect(known.consentHistory.map(\.heardBy) == [nil, "call", "paper"])
            #expect(known.consents.contains { $0.allows && $0.scope == ["marketing.sms"] && $0.reason == "Signed" })
            let stranger = Principal(staffID: .v7(), name: "A", email: "a@lintel.example", role: .agent, scope: .own)
            let unseen = try await client.post("/leads/api/v1/persons/\(uid)/consents", json: body, as: stranger)
            #expect(unseen.status == 404)
            #expect(try await office.spine.events(of: PersonProfiled.self).allSatisfy { !"\($0)".contains("太多") })
        }
    }

    private struct Known: Decodable {
        struct Said: Decodable {
            let allows: Bool
            let scope: [String]
            let heardBy: String?
            let reason: String?
        }

        let consents: [Said]
        let consentHistory: [Said]
    }
}

extension Office {
    /// The one whom there is.
    fileprivate func person() async throws -> Person {
        let uid = try await leads()[0].uid
        let found = try await spine.read { try await PersonStore($0).all([uid])[uid] }
        guard let found else { throw Rejection.notFound("person", uid) }
        return found
    }

    /// As a version that knows no purposes has written them.
    fileprivate func writeAsBefore(_ uid: UID) async throws {
        _ = try await spine.perform(Cause(actor: "test")) { work in
            try await work.tx.execute("UPDATE persons SET consents = NULL WHERE uid = \(uid)")
        }
    }

    /// Staff hear that the person allows a purpose by text.
    fileprivate func notes(_ uid: UID, _ purpose: String) async throws {
        let heard = try HeardConsent(
            allows: true,
            purposes: [purpose],
            means: ["sms"],
            heardBy: "call",
            reason: "Wants to hear of the hand-over"
        )
        let head = Principal(staffID: .v7(), name: "H", email: "h@lintel.example", role: .head, scope: .all)
        try await spine.perform(.staff(.new())) { work in
            try await app.recordConsent(uid, heard, head.leadSight, work)
        }
    }

    fileprivate func belonging(_ tests: [SegmentTest]) async throws -> Set<UID> {
        try await spine.read { tx in
            Set(try await SegmentStore(tx).members(tests, limit: 100, now: Date()).map(\.uid))
        }
    }
}
