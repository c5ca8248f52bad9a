import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("What the other services say that they received")
struct ReceiptTests {
    private static let began = Date(timeIntervalSince1970: 1_795_316_640)
    private static let one = "019ab000-0000-7000-8000-000000000001"
    private static let two = "019ab000-0000-7000-8000-0000000000f2"

    private static func digest(_ ids: String...) -> IDDigest {
        ids.reduce(.none) { $0.difference(from: IDDigest($1.replacing("-", with: ""))) }
    }

    private static func count(_ ids: String...) -> ReceiptMinute.Count {
        .init(events: ids.count, digest: ids.reduce(.none) { $0.difference(from: digest($1)) })
    }

    private func verdict(
        told: ReceiptMinute.Count = count(one, two),
        unsent: ReceiptMinute.Count = .none,
        received: ReceiptMinute.Count?,
        newest: TimeInterval? = 120,
        after seconds: TimeInterval = 1_000
    ) -> ReceiptCheck.Verdict {
        let minute = ReceiptMinute(
            service: "sales",
            name: "leads.lead.received.v1",
            began: Self.began,
            storedAt: Self.began.addingTimeInterval(60),
            told: told,
            unsent: unsent,
            received: received,
            newest: newest.map { Self.began.addingTimeInterval($0) }
        )
        return ReceiptCheck(patience: 900, now: Self.began.addingTimeInterval(seconds)).verdict(minute)
    }

    @Test("all is well when it is what was told, and one that is missing is named")
    func rules() {
        #expect(verdict(received: Self.count(Self.one, Self.two)) == .complete)
        #expect(verdict(received: Self.count(Self.one)) == .missing(1, UUID(uuidString: Self.two)))
        #expect(verdict(received: nil) == .missing(2, nil))
        #expect(verdict(told: Self.count(Self.one), received: nil) == .missing(1, UUID(uuidString: Self.one)))
        // As many, but others.
        #expect(verdict(told: Self.count(Self.one), received: Self.count(Self.two)) == .missing(1, nil))
        let stranger = verdict(told: Self.count(Self.one), received: Self.count(Self.one, Self.two))
        #expect(stranger == .stranger(1, UUID(uuidString: Self.two)))
    }

    @Test("what may still arrive is not missed")
    func patience() {
        #expect(verdict(received: nil, after: 900) == .notYetReported)
        #expect(verdict(received: nil, newest: nil) == .notYetReported)
        #expect(verdict(received: Self.count(Self.one), newest: 0) == .notYetReported)
        #expect(verdict(unsent: Self.count(Self.two), received: Self.count(Self.one)) == .notYetReported)
        #expect(
            verdict(unsent: Self.count(Self.one), received: Self.count(Self.one))
                == .missing(1, UUID(uuidString: Self.two))
        )
    }

    /// Two leads an hour ago, so that patience has run out, one now; and what Sales says of them.
    private func withReceipts(_ body: (Office, [JournalledEvent]) async throws -> Void) async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1"), Office.enquiry("2", phone: "13912345678"))
            let events = try await office.spine.events().filter { $0.envelope.type == LeadReceived.name }
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await work.tx.execute("DELETE FROM outbox")
            }
            try await body(office, events)
        }
    }

    private func tally(_ ids: [String], newest: Date = Date(timeIntervalSinceNow: 7_200)) throws -> InboxTally {
        let first = try #require(ids.first)
        let digits = first.replacing("-", with: "").prefix(12)
        let minute = try #require(Int64(digits, radix: 16)) / 60_000
        return InboxTally(
            source: "/lintel/leads",
            hears: [.init(name: LeadReceived.name.text, since: Date(timeIntervalSince1970: 0))],
            minutes: [
                .init(
                    began: Date(timeIntervalSince1970: Double(minute) * 60),
                    name: LeadReceived.name.text,
                    count: ids.count,
                    digest: ids.reduce(IDDigest.none) { $0.difference(from: Self.digest($1)) }.text
                )
            ],
            newest: newest,
            waiting: 1,
            dead: 2
        )
    }

    @Test("the audit compares it with the journal, names what is missing, and believes the newest tally")
    func audit() async throws {
        try await withReceipts { office, events in
            let ids = events.map(\.envelope.id)
            let audit = AuditLedger(spine: office.spine, patience: -3_600)
            try await office.hear(SalesInboxTallied(tally: try tally([ids[0]])), about: "inbox", sequence: 2)
            let broken = try await audit()
            #expect(broken.breaches.map(\.law) == ["event-not-received"])
            #expect(broken.breaches.first?.ids.first?.hasPrefix("sales leads.lead.received.v1 \(ids[1]) (") == true)
            #expect(broken.receivers.map(\.dead) == [2])
            // Patience makes a question of it.
            let patient = try await AuditLedger(spine: office.spine)()
            #expect(patient.holds)
            #expect(patient.receivers.map(\.notYetReported) == [1])

            try await office.hear(SalesInboxTallied(tally: try tally(ids)), about: "inbox", sequence: 3)
            #expect(try await audit().breaches == [])
            // An older one that comes late changes nothing.
            try await office.hear(SalesInboxTallied(tally: try tally([ids[0]])), about: "inbox", sequence: 1)
            #expect(try await audit().breaches == [])
            // What is not ours is said, and breaks nothing.
            try await office.hear(SalesInboxTallied(tally: try tally(ids + [Self.two])), about: "inbox", sequence: 4)
            let strange = try await audit()
            #expect(strange.breaches == [])
            #expect(strange.receivers.map(\.strangers) == [1])
        }
    }

    @Test("what the outbox still holds is not missed")
    func unsent() async throws {
        try await withReceipts { office, events in
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await work.tx.execute(
                    """
                    INSERT INTO outbox (position, recorded_at, subject)
                    SELECT position, recorded_at, subject FROM journal WHERE id = \(UUID(uuidString: events[1].envelope.id))
                    """
                )
            }
            try await office.hear(
                SalesInboxTallied(tally: try tally([events[0].envelope.id])),
                about: "inbox",
                sequence: 1
            )
            #expect(try await AuditLedger(spine: office.spine, patience: -3_600)().breaches == [])
        }
    }

    @Test("how long an event is under way counts from when it was stored, whatever its id and a clock set forward say")
    func clocks() async throws {
        try await withReceipts { office, events in
            // The host that told of them was two hours late.
            let ids = events.map { _ in UUID.v7(at: office.spine.clock.now.addingTimeInterval(-7_200)) }
            try await office.spine.perform(Cause(actor: "test")) { work in
                for (id, event) in zip(ids, events) {
                    try await work.tx.execute(
                        "UPDATE journal SET id = \(id) WHERE id = \(UUID(uuidString: event.envelope.id))"
                    )
                }
            }
            try await office.hear(SalesInboxTallied(tally: try tally([ids[0].wire])), about: "inbox", sequence: 1)
            for _ in 0..<2 {
                let report = try await AuditLedger(spine: office.spine)()
                #expect(report.breaches == [])
                #expect(report.receivers.map(\.notYetReported) == [1])
                try await office.spine.advanceClock(bySeconds: 86_400)
            }
            let impatient = try await AuditLedger(spine: office.spine, patience: -3_600)()
            #expect(impatient.breaches.map(\.law) == ["event-not-received"])
        }
    }
}
