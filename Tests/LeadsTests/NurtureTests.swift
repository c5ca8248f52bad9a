import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Nurture")
struct NurtureTests {
    @Test("a segment's people are sent every step once, what fits them, however often a timer rings")
    func whole() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1", more: #", "message": "学区""#))
            try await office.takeInTags()
            let id = try await office.nurture()
            let start = Date()
            try await office.ring(at: start)
            try await office.ring(at: start.addingTimeInterval(86_400 + 60))
            let enrolments = try await office.enrolments(of: id)
            #expect(enrolments.map(\.stepsDone) == [1])
            // The same timer rings again, twice in one batch: what it stands for is done.
            try await office.spine.perform(Cause(actor: "test")) { work in
                let again = DueTimer(Enrolment.timerKind, key: enrolments[0].id, dueAt: start, cause: work.cause)
                try await office.app.nurture.fire([again, again], work)
            }
            for day in [20.0, 30.1, 45, 60.1, 90] { try await office.ring(at: start.addingTimeInterval(day * 86_400)) }
            let sent = try await office.spine.events(of: NurtureDue.self)
            #expect(sent.map(\.template) == ["nurture-school-brief", "nurture-area-paper", "nurture-layout-cases"])
            #expect(sent.map(\.step) == [1, 2, 3])
            #expect(sent.map { $0.why.inputs["tag"] } == ["interest=education", "interest=education", nil])
            #expect(try await office.enrolments(of: id).map(\.state) == [.finished])
            #expect(try await office.outcomes() == ["enrolled", "finished"])
            let (counted, totals) = try await office.spine.read { tx in
                let progress = NurtureProgressStore(tx)
                return (try await progress.sent(of: id, version: 1), try await progress.totals())
            }
            #expect(counted == [0: 1, 1: 1, 2: 1])
            #expect(totals[id] == ["finished": 1, "sent": 3])
        }
    }

    @Test("a process that dies before the commit has sent nothing, and the next one sends it once")
    func killed() async throws {
        struct Killed: Error {}
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1"))
            let id = try await office.nurture()
            try await office.ring(at: Date())
            let enrolment = try #require(try await office.enrolments(of: id).first)
            let due = try #require(enrolment.nextAt)
            try await office.spine.advanceClock(bySeconds: due.timeIntervalSinceNow + 60)
            let timer = DueTimer(Enrolment.timerKind, key: enrolment.id, dueAt: due, cause: Cause(actor: "test"))
            for _ in 0..<3 {
                await #expect(throws: Killed.self) {
                    try await office.spine.perform(Cause(actor: "test")) { work in
                        try await office.app.nurture.fire([timer], work)
                        throw Killed()
                    }
                }
            }
            #expect(try await office.spine.events(of: NurtureDue.self).isEmpty)
            try await office.ring(at: due.addingTimeInterval(60))
            #expect(try await office.spine.events(of: NurtureDue.self).count == 1)
        }
    }

    @Test("who was spoken with is left alone for a while, and who has a deal for ever; each turn says why")
    func replies() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.willing("1"))
            let lead = try #require(try await office.leads().first)
            let id = try await office.nurture()
            let start = Date()
            try await office.ring(at: start)
            var call = ContactLogged.reached(lead.uid, lead.id, by: agent)
            call.contactedAt = start.addingTimeInterval(3_600)
            let message = UUID.v7()
            for _ in 0..<2 { try await office.hear(call, about: "c", uid: lead.uid, id: message) }
            #expect(try await office.enrolments(of: id).map(\.state) == [.paused])
            try await office.ring(at: start.addingTimeInterval(2 * 86_400))
            #expect(try await office.spine.events(of: NurtureDue.self).isEmpty)
            try await office.ring(at: start.addingTimeInterval(16 * 86_400))
            #expect(try await office.spine.events(of: NurtureDue.self).count == 1)
            #expect(try await office.enrolments(of: id).map(\.state) == [.active])
            let opened = DealOpened(
                dealID: .new(),
                uid: lead.uid,
                leadID: lead.id,
                ownerID: agent,
                title: "t",
                stage: "first-talk"
            )
            try await office.hear(opened, about: opened.dealID, uid: lead.uid)
            #expect(try await office.enrolments(of: id).map(\.reason) == ["deal"])
            try await office.ring(at: start.addingTimeInterval(80 * 86_400))
            #expect(try await office.spine.events(of: NurtureDue.self).count == 1)
            let changes = try await office.spine.events(of: NurtureChanged.self)
            #expect(changes.map(\.outcome) == ["enrolled", "paused", "exited"])
            #expect(changes.map(\.why.rule).last == "nurture.exit.deal")
            #expect(changes.allSatisfy { $0.why.version == 1 && $0.why.inputs["sequence"] == "Not bought" })
        }
    }

    @Test("who answers leaves a sequence that is to end by it")
    func replyEnds() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.willing("1"))
            let lead = try #require(try await office.leads().first)
            let id = try await office.nurture(reply: "end")
            try await office.ring(at: Date())
            try await office.hear(ContactLogged.reached(lead.uid, lead.id, by: agent), about: "c", uid: lead.uid)
            #expect(try await office.enrolments(of: id).map(\.reason) == ["reply"])
        }
    }

    @Test("who wants no messages, or is forgotten, has left at once and is sent nothing")
    func silence() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1", phone: "13900000001"), Office.willing("2", phone: "13900000002"))
            let uids = try await office.leads().map(\.uid)
            let id = try await office.nurture()
            let start = Date()
            try await office.ring(at: start)
            let stop = RecipientOptedOut(uid: uids[0], channel: "sms", source: "stop-reply")
            try await office.hear(stop, about: uids[0], uid: uids[0])
            try await office.spine.perform(.staff(.new())) {
                try await office.app.erasePerson(uids[1], reason: "asked", $0)
            }
            let left = try await office.enrolments(of: id)
            #expect(
                Dictionary(left.map { ($0.uid, $0.reason) }) { one, _ in one } == [
                    uids[0]: "opted-out", uids[1]: "erased",
                ]
            )
            try await office.ring(at: start.addingTimeInterval(90 * 86_400))
            #expect(try await office.spine.events(of: NurtureDue.self).isEmpty)
        }
    }

    @Test("whoever is on the way goes on by the version they began with, and new people by the new one")
    func versions() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1", phone: "13900000001"))
            let id = try await office.nurture()
            let start = Date()
            try await office.ring(at: start.addingTimeInterval(2 * 86_400))
            var wish = Office.wish(segment: try await office.webSegment())
            wish.version = 1
            wish.lines = [NurtureLine(day: 2, template: "nurture-area-paper")]
            let changed = wish
            try await office.spine.perform(.staff(.new())) { _ = try await office.app.saveSequence(id, changed, $0) }
            try await office.push(Office.willing("2", phone: "13900000002"))
            for day in [3.0, 6, 70] { try await office.ring(at: start.addingTimeInterval(day * 86_400)) }
            let first = try await office.leads()[0].uid
            let sent = try await office.spine.events(of: NurtureDue.self)
            #expect(
                sent.filter { $0.uid == first }.map(\.template) == ["nurture-greeting", "nurture-layout-cases"]
            )
            #expect(sent.filter { $0.uid != first }.map(\.template) == ["nurture-area-paper"])
            let history = try await office.spine.read { try await NurtureStore($0).history(of: id, limit: 9) }
            #expect(history.map(\.version) == [2, 1])
            await #expect {
                _ = try await office.spine.perform(.staff(.new())) {
                    try await office.app.saveSequence(id, changed, $0)
                }
            } throws: {
                ($0 as? Rejection)?.code == "sequence-changed"
            }
        }
    }
}

extension Office {
    static let nurtureLines = [
        NurtureLine(day: 1, tag: "interest=education", template: "nurture-school-brief"),
        NurtureLine(day: 1, template: "nurture-greeting"),
        NurtureLine(day: 30, tag: "interest=education", template: "nurture-area-paper"),
        NurtureLine(day: 60, template: "nurture-layout-cases"),
    ]

    /// An enquiry of somebody who allows texts.
    static func willing(_ id: String, phone: String = "13812345678", more: String = "") -> String {
        enquiry(id, phone: phone, more: more + #", "consent": {"sms": true}"#)
    }

    static func wish(
        segment: SegmentID?,
        takes: [String] = [],
        reply: String = "pause",
        named name: String = "Not bought"
    ) -> SequenceWish {
        SequenceWish(
            name: name,
            segmentId: segment,
            takes: takes,
            onReply: reply,
            lines: nurtureLines,
            isActive: true
        )
    }

    /// A segment of everybody who came over the channel `web`.
    func webSegment() async throws -> SegmentID {
        let known = try await spine.read { try await SegmentStore($0).all() }.first { $0.name == "All" }
        if let known { return known.id }
        let id = SegmentID.new()
        try await spine.perform(.staff(.new())) { work in
            _ = try await app.saveSegment(id, SegmentWish(name: "All", tests: [SegmentTest(.channel, "web")]), work)
        }
        return id
    }

    /// A sequence, by itself for everybody who came over the channel `web`.
    func nurture(
        isForWeb: Bool = true,
        takes: [String] = [],
        reply: String = "pause",
        named name: String? = nil
    ) async throws -> SequenceID {
        let id = SequenceID.new()
        let segment = isForWeb ? try await webSegment() : nil
        let wish = Office.wish(segment: segment, takes: takes, reply: reply, named: name ?? "Not bought")
        try await spine.perform(.staff(.new())) { _ = try await app.saveSequence(id, wish, $0) }
        return id
    }

    func ring(at now: Date) async throws { _ = try await spine.fireTimers(app.timers, now: now) }

    func enrolments(of id: SequenceID) async throws -> [Enrolment] {
        try await spine.read { try await EnrolmentStore($0).people(of: id, EnrolmentFilter(), limit: 5_000) }
    }

    /// What the journal says of people's ways besides what was sent.
    func outcomes() async throws -> [String] { try await spine.events(of: NurtureChanged.self).map(\.outcome) }
}
