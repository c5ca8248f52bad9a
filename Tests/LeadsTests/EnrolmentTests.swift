import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Who comes into a sequence")
struct EnrolmentTests {
    @Test("1,200 people of a segment come in piece by piece, each once, though the walk begins twice")
    func pieces() async throws {
        try await Office.open { office in
            try await office.staff(capacity: 5_000)
            let all = (0..<1_200).map { Office.willing("\($0)", phone: "139\(String(format: "%08d", $0))") }
            for start in stride(from: 0, to: all.count, by: 400) {
                try await office.push(all[start..<start + 400].map { Office.submission($0) })
            }
            let id = try await office.nurture(isForWeb: false)
            let segment = try await office.webSegment()
            let counted = try await office.spine.read { tx in
                try await NurtureFactStore(tx).countNewcomers(to: id, [SegmentTest(.channel, "web")], now: Date())
            }
            #expect(counted == 1_200)
            for _ in 0..<2 {
                try await office.spine.perform(.staff(.new())) { try await office.app.enrolPeople(segment, in: id, $0) }
                try await office.ring(at: Date())
            }
            #expect(Set(try await office.enrolments(of: id).map(\.uid)).count == 1_200)
            #expect(try await office.outcomes().count == 1_200)
            // No transaction holds more than a piece.
            let largest = try await office.count(
                """
                SELECT coalesce(max(n), 0) AS count
                  FROM (SELECT count(*) AS n FROM nurture_enrolments GROUP BY xmin) AS pieces
                """
            )
            #expect(largest == EnrolPeople.atOnce)
            let timers = try await office.count(
                "SELECT count(*) AS count FROM timers WHERE kind = \(Enrolment.timerKind)"
            )
            #expect(timers == 1_200)
        }
    }

    @Test("who may not be written to, has a deal or was merged away is not taken in")
    func newcomers() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            for body in [
                Office.willing("1", phone: "13900000001"), Office.enquiry("2", phone: "13900000002"),
                Office.willing("3", phone: "13900000003"), Office.willing("4", phone: "13900000004"),
            ] { try await office.push(body) }
            let leads = try await office.leads()
            try await office.win(.new(), of: leads[2], by: agent)
            try await office.merge(leads[3].uid, into: leads[0].uid)
            let id = try await office.nurture()
            try await office.ring(at: Date())
            #expect(try await office.enrolments(of: id).map(\.uid) == [leads[0].uid])
        }
    }

    @Test("a lead that is given up brings its person in, for the reasons that the sequence names, once")
    func givenUp() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(
                Office.willing("1", phone: "13900000001"),
                Office.willing("2", phone: "13900000002"),
                Office.willing("3", phone: "13900000003")
            )
            let leads = try await office.leads()
            let id = try await office.nurture(isForWeb: false, takes: ["not-now"])
            for (lead, reason) in zip(leads, ["not-now", "spam", "competitor"]) {
                try await office.spine.perform(.staff(agent)) { work in
                    let sight = Cast.head.principal.leadSight
                    try await office.app.discardLead(lead.id, reason: reason, note: nil, sight, work)
                }
            }
            try await office.ring(at: Date())
            try await office.spine.perform(.staff(agent)) { try await EnrolPeople.note([leads[0].id], "not-now", $0) }
            try await office.ring(at: Date())
            let enrolments = try await office.enrolments(of: id)
            #expect(enrolments.map(\.uid) == [leads[0].uid])
            #expect(enrolments.first?.why.inputs["reason"] == "not-now")
        }
    }

    @Test(
        "of two people who turn out to be one, one goes on; when that is taken back, both do, and nothing comes twice"
    )
    func merged() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1", phone: "13900000001"))
            let id = try await office.nurture()
            let start = Date()
            try await office.ring(at: start)
            try await office.ring(at: start.addingTimeInterval(2 * 86_400))
            try await office.push(Office.willing("2", phone: "13900000002"))
            try await office.ring(at: start.addingTimeInterval(3 * 86_400))
            let uids = try await office.leads().map(\.uid)
            // The newer one survives; the older one is further along.
            let merge = try await office.merge(uids[0], into: uids[1])
            let joined = try await office.enrolments(of: id)
            #expect(joined.map(\.uid) == [uids[1], uids[1]])
            #expect(joined.filter(\.state.isUnderWay).map(\.stepsDone) == [1])
            #expect(joined.compactMap(\.reason) == ["merged"])
            try await office.ring(at: start.addingTimeInterval(20 * 86_400))
            #expect(try await office.spine.events(of: NurtureDue.self).count == 1)
            try await office.unmerge(merge.id)
            let parted = try await office.enrolments(of: id)
            #expect(Set(parted.map(\.uid)) == Set(uids))
            #expect(parted.allSatisfy { $0.state.isUnderWay && $0.stepsDone == 1 })
            try await office.ring(at: start.addingTimeInterval(90 * 86_400))
            let sent = try await office.spine.events(of: NurtureDue.self)
            let last = sent.filter { $0.template == "nurture-layout-cases" }
            #expect(Set(last.map(\.uid)) == Set(uids) && last.count == 2)
            #expect(sent.count == 3)
        }
    }

    @Test("by hand a person comes in once; who sees the lead not cannot, nor into a sequence that is off")
    func byHand() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.willing("1"))
            let lead = try #require(try await office.leads().first)
            let id = try await office.nurture(isForWeb: false)
            let enrol = { (who: Cast, sequence: SequenceID) in
                try await office.spine.perform(.staff(agent)) { work in
                    try await office.app.enrolPeople(lead.id, in: sequence, who.principal.leadSight, work)
                }
            }
            try await enrol(.head, id)
            await #expect { try await enrol(.head, id) } throws: { ($0 as? Rejection)?.code == "enrolled-already" }
            await #expect { try await enrol(.head, .new()) } throws: { ($0 as? Rejection)?.field == "sequence" }
            await #expect { try await enrol(.colleague, id) } throws: { ($0 as? Rejection)?.kind == .notFound }
            #expect(try await office.enrolments(of: id).map(\.why.rule) == ["nurture.enrolled-by-hand"])
        }
    }
}
