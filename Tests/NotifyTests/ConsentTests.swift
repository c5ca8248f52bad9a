import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Notify

@Suite("Consent for each purpose, when something is sent")
struct ConsentTests {
    @Test(
        "a message is judged by its own purpose: what is refused for one goes on for another",
        arguments: [
            (ConsentPurpose.marketing, Purpose.courtesy, SendingPolicy.Verdict.suppress("consent-refused")),
            (.care, .courtesy, .send(to: "+8613812345678")), (.referral, .courtesy, .suppress("no-consent")),
            (.service, .service, .send(to: "+8613812345678")), (.service, .courtesy, .suppress("no-consent")),
        ]
    )
    func apart(_ topic: ConsentPurpose, _ purpose: Purpose, _ verdict: SendingPolicy.Verdict) {
        let consent = Consent(purposes: ["marketing": ConsentByMeans(sms: false), "care": ConsentByMeans(sms: true)])
        let customer = Customer(
            uid: .new(),
            phone: "+8613812345678",
            language: .chinese,
            consent: consent,
            optedOut: []
        )
        #expect(SendingPolicy.verdict(.sms, purpose, for: topic, to: customer) == verdict)
    }

    @Test("each text to a customer has a purpose that they allow apart, and what is no business under way needs a yes")
    func topics() {
        let notices =
            NotificationRules.leadReceived.notices(.example) + NotificationRules.careDue.notices(.example)
            + NotificationRules.referralChanged.notices(.example) + NotificationRules.contractSigned.notices(.example)
            + NotificationRules.caseOpened.notices(.example) + NotificationRules.nurtureDue.notices(.example)
            + NotificationRules.audienceReady.notices(.example)
        for notice in notices {
            if case .customer = notice.recipient {
                #expect(notice.topic != nil, "\(notice.template)")
                #expect(notice.topic == .service || notice.purpose == .courtesy, "\(notice.template)")
            } else {
                #expect(notice.topic == nil, "\(notice.template)")
            }
        }
    }

    @Test("what is sent and what is kept back names the purpose, the means and what the customer has said")
    func named() async throws {
        try await Stage.open { stage in
            let (yes, no) = (
                stage.ground(true, ["sms", "service.email"]), stage.ground(false, ["marketing.email"], by: "staff")
            )
            try await stage.says([yes, no], sequence: 2)
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            #expect(try await stage.sends(.sms, with: Carriers.sms()) == 1)
            let sent = try #require(try await stage.message("lead-acknowledged", .sms))
            let consent = try #require(sent.consent)
            #expect(consent.rule == "consent.allowed")
            #expect(consent.inputs["purpose"] == "service")
            #expect(consent.inputs["means"] == "sms")
            #expect(consent.inputs["consent"] == "yes")
            #expect(consent.inputs["source"] == "submission")
            #expect(consent.inputs["said"] == Wire.text(of: yes.at))
            #expect(consent.inputs["record"] == yes.id.wire)
            #expect(consent.inputs["words"] == "2026-03")

            var due = NurtureDue.example
            due.uid = stage.uid
            try await stage.hears(due, about: stage.uid, uid: stage.uid)
            #expect(try await stage.sends(.email, with: Carriers.mail()) == 0)
            let kept = try #require(try await stage.messages().first { $0.channel == .email && $0.topic == .marketing })
            #expect(kept.reason == "consent-refused")
            #expect(kept.consent?.rule == "consent.no-stands")
            #expect(kept.consent?.inputs["record"] == no.id.wire)
            let told = try #require(try await stage.spine.events(of: MessageSuppressed.self).last)
            #expect(told.why?.inputs["purpose"] == "marketing")
        }
    }

    @Test(
        "after STOP the purpose that staff note as allowed again is written to, and the others are not; STOP is news again"
    )
    func stop() async throws {
        try await Stage.open { stage in
            try await stage.says([stage.ground(true, ["sms"])], sequence: 2)
            #expect(try await stage.app.takeText(from: "13812345678", text: "STOP") == 1)
            for topic in ConsentPurpose.allCases { #expect(try await stage.verdict(topic) == .suppress("opted-out")) }
            // A form that came after it lifts nothing.
            try await stage.says([stage.ground(true, ["sms"], at: 60)], sequence: 3)
            #expect(try await stage.verdict(.service) == .suppress("opted-out"))
            let again = [
                stage.ground(false, ["marketing.sms", "care.sms", "referral.sms"], by: "stop-reply"),
                stage.ground(true, ["service.sms"], by: "staff", at: 120),
            ]
            try await stage.says(again, sequence: 4)
            #expect(try await stage.verdict(.service) == .send(to: "+8613812345678"))
            #expect(try await stage.verdict(.marketing) == .suppress("opted-out"))
            #expect(try await stage.app.takeText(from: "13812345678", text: "STOP") == 1)
        }
    }

    @Test("of two who are one the stricter holds for each purpose until staff note a yes after the merge")
    func merged() async throws {
        try await Stage.open { stage in
            try await stage.says([stage.ground(true, ["sms"])], sequence: 2)
            let other = UID.new()
            let no = stage.ground(false, ["marketing.sms"])
            let identified = PersonIdentified(
                uid: other,
                person: PersonCard(name: "李四", phones: ["+8613900000009"]),
                consent: [no].consent,
                grounds: [no],
                isNew: true
            )
            try await stage.hears(identified, about: other, uid: other)
            let merged = PersonMerged(
                mergeID: .new(),
                uid: stage.uid,
                mergedUID: other,
                uids: [other],
                standing: nil,
                hiddenLeadIDs: [],
                why: Why(rule: "identity.by-hand", version: 1)
            )
            let id = UUID.v7()
            for _ in 0..<2 { try await stage.hears(merged, about: stage.uid, uid: stage.uid, id: id) }
            #expect(try await stage.verdict(.marketing) == .suppress("consent-refused"))
            #expect(try await stage.verdict(.care) == .send(to: "+8613812345678"))
            let yes = [stage.ground(true, ["sms"]), stage.ground(true, ["marketing.sms"], by: "staff", at: 60)]
            try await stage.says(yes, sequence: 3)
            #expect(try await stage.verdict(.marketing) == .send(to: "+8613812345678"))
        }
    }

    @Test(
        "what the survivor of a merge refused for one purpose holds although a later word of the other side allows it"
    )
    func survivorsNo() async throws {
        try await Stage.open { stage in
            try await stage.says(
                [stage.ground(true, ["care.sms"]), stage.ground(false, ["marketing.sms"])],
                sequence: 2
            )
            let other = UID.new()
            let all = stage.ground(true, ["sms"])
            let card = PersonCard(name: "李四", phones: ["+8613900000009"])
            try await stage.hears(
                PersonIdentified(uid: other, person: card, consent: [all].consent, grounds: [all], isNew: true),
                about: other,
                uid: other
            )
            let merged = PersonMerged(
                mergeID: .new(),
                uid: stage.uid,
                mergedUID: other,
                uids: [other],
                standing: nil,
                hiddenLeadIDs: [],
                why: Why(rule: "identity.by-hand", version: 1)
            )
            try await stage.hears(merged, about: stage.uid, uid: stage.uid)
            try await stage.says([all], sequence: 3)
            #expect(try await stage.verdict(.marketing) == .suppress("consent-refused"))
            #expect(try await stage.verdict(.care) == .send(to: "+8613812345678"))
        }
    }

    @Test("what a version before this one stores later puts what it knows nothing of aside")
    func before() async throws {
        try await Stage.open(consent: Consent()) { stage in
            try await stage.says([stage.ground(true, ["marketing.sms"])], sequence: 2)
            #expect(try await stage.verdict(.marketing) == .send(to: "+8613812345678"))
            _ = try await stage.spine.perform(Cause(actor: "test")) { work in
                try await work.tx.execute(
                    "UPDATE customers SET consent_sms = false, consent_sequence = 3 WHERE uid = \(stage.uid)"
                )
            }
            #expect(try await stage.verdict(.marketing) == .suppress("consent-refused"))
        }
    }
}

extension [ConsentGround] {
    /// What they come to.
    fileprivate var consent: Consent {
        func scope(_ allows: Bool) -> ConsentScope {
            filter { $0.allows == allows }.reduce(into: []) { $0.formUnion(ConsentScope(names: $1.scope)) }
        }
        return Consent(allowed: scope(true), refused: scope(false))
    }
}

extension Stage {
    /// Something that is said so many seconds from now; an hour ago, if not.
    fileprivate func ground(
        _ allows: Bool,
        _ scope: [String],
        by source: String = "submission",
        at seconds: Double = -3_600
    ) -> ConsentGround {
        let now = (Date().timeIntervalSince1970 + seconds).rounded()
        return ConsentGround(
            allows: allows,
            scope: scope,
            source: source,
            at: Date(timeIntervalSince1970: now),
            id: .v7(),
            words: allows ? "2026-03" : nil
        )
    }

    /// Leads tells what holds of the customer now, twice.
    fileprivate func says(_ grounds: [ConsentGround], sequence: Int64) async throws {
        let event = ConsentChanged(uid: uid, consent: grounds.consent, grounds: grounds, source: "staff")
        let id = UUID.v7()
        for _ in 0..<2 { try await hears(event, about: uid, uid: uid, id: id, sequence: sequence) }
    }

    fileprivate func verdict(_ topic: ConsentPurpose) async throws -> SendingPolicy.Verdict {
        let known = try await spine.read { try await RecipientStore($0).customers([uid]) }
        let purpose: Purpose = topic == .service ? .service : .courtesy
        return SendingPolicy.verdict(.sms, purpose, for: topic, to: known[uid])
    }
}
