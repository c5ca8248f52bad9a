import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Notify

@Suite("what is written when something is heard")
struct HandlerTests {
    @Test("a new lead: the customer is thanked in Chinese, the owner hears by three means in English, with a link")
    func lead() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            let messages = try await stage.messages()
            #expect(messages.count == 4)
            let thanks = try #require(messages.first { $0.template == "lead-acknowledged" })
            #expect(thanks.uid == stage.uid && thanks.state == .queued && thanks.text.body.hasPrefix("【Lintel】"))
            let alert = try #require(messages.first { $0.template == "lead-assigned" && $0.channel == .sms })
            #expect(alert.staffID == stage.agent)
            let link = try #require(ShortLink(long: "/leads/leads/\(stage.lead)"))
            #expect(alert.text.body.contains("张三"))
            #expect(alert.text.body.hasSuffix(" http://localhost:8080\(link.short)"))
            let mail = try #require(messages.first { $0.channel == .email })
            #expect(mail.text.body.hasSuffix(" http://localhost:8080\(link.long)"))
            let notice = try #require(messages.first { $0.channel == .inApp })
            #expect(notice.state == .delivered)
            #expect(try await stage.app.inbox.unread(of: stage.agent) == 1)
            #expect(try await stage.spine.events(of: MessageQueued.self).map(\.uid) == [stage.uid])
            #expect(try await stage.spine.events(of: MessageDelivered.self).count == 1)
        }
    }

    @Test("every event that is heard twice writes once")
    func twice() async throws {
        try await Stage.open { stage in
            try await stage.hearsEverythingTwice()
            for _ in 0..<2 { try await stage.app.takeText(from: "13700000009", text: "还有房吗", id: "1") }
            #expect(try await stage.spine.unsettled() == (0, 0))
            let messages = try await stage.messages()
            let effects = messages.map { "\($0.causeID) \($0.template) \($0.channel) \($0.recipient)" }
            #expect(Set(effects).count == effects.count)
            #expect(Set(messages.map(\.template)) == Set(try Stage.templates().all.keys))
            #expect(messages.allSatisfy { $0.state != .failed })
        }
    }

    @Test("even a cause that is told again under its old id, past the inbox, writes once")
    func sameCause() async throws {
        try await Stage.open { stage in
            let envelope = Envelope(
                id: "0199",
                source: "/lintel/leads",
                type: LeadReceived.name,
                subject: "x",
                time: Date()
            )
            let notice = NotificationRules.leadReceived.notices(stage.received)[0]
            let caused = CausedNotice(notice: notice, envelope: envelope, why: Why(rule: "x", version: 1))
            for _ in 1...2 {
                try await stage.spine.perform(Cause(actor: "test")) { work in
                    try await stage.app.writeMessages([caused], in: work)
                }
            }
            #expect(try await stage.messages().count == 1)
            #expect(try await stage.spine.events(of: MessageQueued.self).count == 1)
        }
    }

    @Test("a batch of a hundred leads is written in one go")
    func batch() async throws {
        try await Stage.open { stage in
            let envelope = Envelope(
                id: "x",
                source: "/lintel/leads",
                type: LeadReceived.name,
                subject: "x",
                time: Date()
            )
            let caused = (0..<100).map { index in
                var own = envelope
                own.id = "cause-\(index)"
                let notice = NotificationRules.leadReceived.notices(stage.received)[0]
                return CausedNotice(notice: notice, envelope: own, why: Why(rule: "x", version: 1))
            }
            try await stage.spine.perform(Cause(actor: "test")) { work in
                try await stage.app.writeMessages(caused, in: work)
            }
            #expect(try await stage.messages().count == 100)
        }
    }

    @Test("an event about a colleague who is not known yet waits and is not lost")
    func unknownColleague() async throws {
        try await Stage.open { stage in
            var event = stage.assigned
            event.ownerID = .new()
            try await stage.hears(event, about: stage.lead, uid: stage.uid)
            #expect(try await stage.spine.unsettled().retries == 1)
            #expect(try await stage.messages().isEmpty)
        }
    }

    @Test("a text with a missing value fails and says which value, and nothing is sent")
    func missingVariable() async throws {
        try await Stage.open { stage in
            let notice = Notice.customer(
                stage.uid,
                "case-received",
                by: [.sms],
                .service,
                for: .service,
                ["number": .text("C-1")]
            )
            let envelope = Envelope(id: "1", source: "/x", type: CaseOpened.name, subject: "x", time: Date())
            try await stage.spine.perform(Cause(actor: "test")) { work in
                let caused = CausedNotice(notice: notice, envelope: envelope, why: Why(rule: "x", version: 1))
                try await stage.app.writeMessages([caused], in: work)
            }
            let message = try #require(try await stage.messages().first)
            #expect(
                message.state == .failed && message.reason == "template-variable-missing" && message.detail == "due"
            )
            #expect(message.text.body.isEmpty)
            #expect(try await stage.spine.events(of: MessageFailed.self).first?.reason == "template-variable-missing")
        }
    }

    @Test("an older card, consent or staff record that comes late changes nothing")
    func late() async throws {
        try await Stage.open { stage in
            let consent = Consent(sms: false, email: true, call: true)
            try await stage.hears(
                ConsentChanged(uid: stage.uid, consent: consent, source: "staff"),
                about: stage.uid,
                uid: stage.uid,
                sequence: 5
            )
            try await stage.hears(
                PersonIdentified(
                    uid: stage.uid,
                    person: PersonCard(name: "Late", phones: ["+8613900000000"]),
                    consent: Consent(sms: true),
                    isNew: false
                ),
                about: stage.uid,
                uid: stage.uid,
                sequence: 4
            )
            try await stage.hires(stage.agent, "Old", role: "agent", phone: nil, language: "en", sequence: 0)
            let (customers, staff) = try await stage.spine.read { tx in
                let store = RecipientStore(tx)
                return (try await store.customers([stage.uid]), try await store.staff([stage.agent]))
            }
            #expect(customers[stage.uid]?.consent.sms == false, "the newer consent stands")
            #expect(customers[stage.uid]?.name == "Late", "the card is newer than the one known")
            #expect(staff[stage.agent]?.name == "Li Na")
        }
    }
}

extension Stage {
    /// Each event that Notify hears, delivered twice with the same id.
    func hearsEverythingTwice() async throws {
        for event in everything {
            let id = UUID.v7()
            for _ in 1...2 { try await hears(event, about: "subject-\(id)", uid: uid, id: id, sequence: 9) }
        }
    }

    private var everything: [any Contract] {
        let consent = Consent(sms: true, email: true, call: true)
        var touched = LeadTouched.example
        (touched.uid, touched.ownerID, touched.standInID) = (uid, agent, manager)
        let ladder = ["remind", "reassign", "manager"].map { step in
            var event = LeadResponseOverdue.example
            (event.step, event.uid, event.ownerID, event.managerID) = (step, uid, agent, manager)
            return event
        }
        let idle = ["owner", "manager", "pool"].map { step in
            var event = LeadIdle.example
            (event.step, event.uid, event.ownerID, event.managerID) = (step, uid, agent, manager)
            return event
        }
        var answered = LeadAnswered.example
        (answered.uid, answered.ownerID, answered.standInID) = (uid, agent, manager)
        var unowned = answered
        (unowned.ownerID, unowned.standInID, unowned.managerID) = (nil, nil, manager)
        let calls = ["owner", "manager"].map { step in
            var event = LeadFollowUpDue.example
            (event.step, event.uid, event.ownerID, event.managerID) = (step, uid, agent, manager)
            return event
        }
        var offered = LeadsOffered.example
        offered.offers[0].members = [agent, manager]
        let files = ["done", "undone"].map { outcome in
            var event = ImportEnded.example
            (event.outcome, event.staffID) = (outcome, agent)
            return event
        }
        var taken = LeadsExported.example
        (taken.staffID, taken.isUnmasked) = (agent, true)
        var held = UnitHeld.example
        (held.uid, held.staffID) = (uid, agent)
        var released = UnitReleased.example
        (released.uid, released.staffID) = (uid, agent)
        var signed = ContractSigned.example
        (signed.uid, signed.staffID) = (uid, agent)
        var won = DealWon.example
        (won.uid, won.ownerID) = (uid, agent)
        let first: [any Contract] = [
            PersonIdentified(uid: uid, person: Stage.customer, consent: consent, isNew: false),
            ConsentChanged(uid: uid, consent: consent, source: "staff"), received, assigned, touched,
        ]
        let nurture = MarketingText.all.map { template in
            var due = NurtureDue.example
            (due.uid, due.template) = (uid, template)
            return due
        }
        let referrals = [("pending", nil), ("earned", "pending"), ("paid", "earned")].map { state, previous in
            var referral = ReferralChanged.example
            (referral.referrerUID, referral.state, referral.previousState) = (uid, state, previous)
            return referral
        }
        var piece = AudienceReady.example
        piece.people = [uid]
        return first + ladder + idle + calls + files + nurture + referrals + [
            piece, answered, unowned, offered, taken, held, released, signed, won,
        ]
            + fromService
    }

    private var fromService: [any Contract] {
        var open = HandoverOpened.example
        open.uid = uid
        var completed = HandoverCompleted.example
        completed.uid = uid
        var replied = CaseReplied.example
        replied.uid = uid
        var given = CaseReassigned.example
        (given.uid, given.ownerID, given.staffID) = (uid, agent, manager)
        var closed = CaseClosed.example
        closed.uid = uid
        var asked = CaseAnswered.example
        (asked.uid, asked.recipients) = (uid, [agent])
        var breached = SLABreached.example
        (breached.uid, breached.recipients) = (uid, [agent, manager])
        var care = CareDue.example
        care.uid = uid
        let shown = CustomerUnmasked(uid: uid, staffID: manager, reason: "回访", ownerID: agent)
        return [open, completed, opened, replied, asked, given, closed, breached, care, shown]
    }
}
