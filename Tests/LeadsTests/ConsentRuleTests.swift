import Contracts
import Failures
import Foundation
import Testing

@testable import Leads

@Suite("What a person allows, of what was said")
struct ConsentRuleTests {
    private static let person = UID.new()

    private static func telling(
        _ told: [String: String],
        by source: Telling.Source = .submission,
        at second: Int,
        saidAt: Int? = nil
    ) -> Telling {
        var telling = Telling(
            origin: person,
            id: UUID(),
            source: source,
            actor: "test",
            told: told,
            toldAt: Date(timeIntervalSince1970: Double(second))
        )
        telling.saidAt = saidAt.map { Date(timeIntervalSince1970: Double($0)) }
        return telling
    }

    @Test(
        "a no stands until staff notes that it is taken back",
        arguments: [
            ([("yes", Telling.Source.submission)], true),
            ([("yes", .submission), ("no", .submission)], false),
            ([("no", .submission), ("yes", .submission)], false),
            ([("no", .stopReply), ("yes", .staff)], true),
            ([("no", .stopReply), ("yes", .staff), ("no", .submission)], false),
        ]
    )
    func noStands(_ told: [(String, Telling.Source)], _ allowed: Bool) {
        for field in ["consent.contact.sms", "consent.marketing.sms"] {
            let tellings = told.enumerated().map { Self.telling([field: $1.0], by: $1.1, at: $0) }
            #expect(tellings.consents[.marketing, .sms]?.allows == allowed)
            #expect(Array(tellings.reversed()).consents == tellings.consents)
        }
    }

    @Test("what was said of everything before there were purposes holds for each of them, and for nothing else")
    func earlier() {
        let consents = [Self.telling(["consent.contact.sms": "yes", "consent.contact.email": "no"], at: 1)].consents
        #expect(consents.allowed == ConsentScope(by: .sms))
        #expect(consents.refused == ConsentScope(by: .email))
        #expect(consents[.marketing, .wechat] == nil)
        #expect(consents.consent == Consent(sms: true, email: false))
    }

    @Test("one purpose is taken back and the others stay, with what they went by")
    func apart() throws {
        let all = Self.telling(["consent.contact.sms": "yes"], at: 1)
        let less = Self.telling(["consent.marketing.sms": "no"], by: .staff, at: 2)
        let consents = [all, less].consents
        #expect(consents[.marketing, .sms]?.allows == false)
        #expect(consents[.marketing, .sms]?.id == less.id)
        for purpose in [ConsentPurpose.service, .care, .referral] {
            #expect(consents[purpose, .sms]?.allows == true)
            #expect(consents[purpose, .sms]?.id == all.id)
        }
        #expect(consents.consent.sms == nil, "who reads the means only writes nothing that needs a yes")
        // It is stored and read back the same.
        let stored = Consents(stored: consents.told, means: consents.consent, of: Self.person, since: .distantPast)
        #expect(stored == consents)
    }

    @Test("what is said of a purpose goes before what the same breath says of all")
    func oneBreath() {
        for value in ["yes", "no"] {
            let other = value == "yes" ? "no" : "yes"
            let told = ["consent.contact.sms": value, "consent.marketing.sms": other]
            let consents = [Self.telling(told, at: 1)].consents
            #expect(consents[.marketing, .sms]?.allows == (other == "yes"))
            #expect(consents[.care, .sms]?.allows == (value == "yes"))
        }
    }

    @Test("a yes that was said before a STOP and noted after it lifts nothing")
    func backdated() {
        let stop = Self.telling(["consent.contact.sms": "no"], by: .stopReply, at: 10)
        let before = Self.telling(["consent.marketing.sms": "yes"], by: .staff, at: 20, saidAt: 5)
        let after = Self.telling(["consent.marketing.sms": "yes"], by: .staff, at: 30, saidAt: 15)
        #expect([stop, before].consents[.marketing, .sms]?.allows == false)
        #expect([stop, before, after].consents[.marketing, .sms]?.allows == true)
        #expect([stop, before, after].consents[.care, .sms]?.allows == false)
    }

    @Test("a person whom only the version before has written allows what its columns say, and its no holds later, too")
    func columns() {
        let old = Consents(stored: nil, means: Consent(sms: true, email: false), of: Self.person, since: .distantPast)
        #expect(old.allowed == ConsentScope(by: .sms))
        #expect(old.refused == ConsentScope(by: .email))
        let known = [Self.telling(["consent.contact.sms": "yes", "consent.contact.email": "yes"], at: 1)].consents
        let refused = Consents(
            stored: known.told,
            means: Consent(sms: false, email: true),
            of: Self.person,
            since: .distantPast
        )
        #expect(refused.refused == ConsentScope(by: .sms))
        #expect(refused.allowed == ConsentScope(by: .email))
        let none = Consents(stored: nil, means: Consent(), of: Self.person, since: .distantPast)
        #expect(none == Consents())
    }

    @Test("what staff have heard is refused when it does not say for what, by which means, how or why")
    func heard() throws {
        func code(_ purposes: [String], _ means: [String], _ heardBy: String?, _ reason: String?) -> String? {
            do {
                _ = try HeardConsent(
                    allows: true,
                    purposes: purposes,
                    means: means,
                    heardBy: heardBy,
                    reason: reason
                )
                return nil
            } catch { return (error as? Rejection)?.field }
        }
        #expect(code(["marketing"], ["sms"], "call", "Asked for news") == nil)
        #expect(code([], ["sms"], "call", "x") == "purposes")
        #expect(code(["marketing", "fun"], ["sms"], "call", "x") == "purposes")
        #expect(code(["marketing"], ["fax"], "call", "x") == "means")
        #expect(code(["marketing"], ["sms"], "rumour", "x") == "heardBy")
        #expect(code(["marketing"], ["sms"], "call", "  ") == "reason")
    }
}
