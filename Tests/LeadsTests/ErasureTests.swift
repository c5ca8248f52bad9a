import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Erasure")
struct ErasureTests {
    @Test("after erasure no column of any table holds the phone, the mail or the name, and the ledger still holds")
    func nothingLeft() async throws {
        try await Office.open { office in
            try await office.staff()
            let words = #", "message": "我是慕容复, 138 1234 5678", "consent": {"sms": true}"#
            let body = Office.enquiry("1", email: "murong@example.com", more: words)
            try await office.push(body.replacingOccurrences(of: "张三", with: "慕容复"))
            // Another UID of theirs, joined and told more of.
            try await office.push(Office.enquiry("2", phone: "13900000007").replacingOccurrences(of: "张三", with: "慕容复"))
            let uids = try await office.leads().map(\.uid)
            try await office.merge(uids[1], into: uids[0])
            try await office.spine.perform(.staff(.new())) { work in
                try await office.app.tellOfPerson(uids[0], ["employer": "慕容复商行"], .all, work)
            }
            // What was said twice, what was understood by nobody, what waits, what is dead.
            try await office.push(
                body.replacingOccurrences(of: "张三", with: "慕容复").replacingOccurrences(of: "我是", with: "还是")
            )
            try await office.push(
                Office.enquiry("9", phone: "138-1234-5678", more: #", "need": {"budget": {"min": -1}}"#)
            )
            try await office.leaveTraces(of: uids[0])
            // Somebody else, whom nothing happens to.
            try await office.push(Office.enquiry("4", phone: "13700000001", email: "other@example.com"))
            let before = try await office.counts()
            #expect(try await office.places(of: "13812345678").isEmpty == false)

            try await office.erase(uids[1])
            for word in ["13812345678", "138 1234 5678", "138-1234-5678", "13900000007", "murong", "慕容复"] {
                #expect(try await office.places(of: word) == [], "\(word)")
            }
            #expect(try await office.counts() == before)
            let audit = try await AuditLedger(spine: office.spine)()
            #expect(audit.breaches == [])
            #expect(try await office.places(of: "other@example.com").isEmpty == false)
            // What the journal keeps can still be read by whoever replays it.
            try await office.readJournal()
            let told = try await office.spine.events(of: PersonErased.self)
            #expect(told.map(\.uid) == [uids[0]])
            #expect(Set(told.flatMap(\.uids)) == Set(uids))
            await #expect(throws: Rejection.self) { try await office.erase(uids[0]) }
        }
    }

    @Test("whoever comes back after erasure is a new person")
    func back() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1"))
            let uid = try await office.leads()[0].uid
            try await office.erase(uid)
            try await office.push(Office.enquiry("2"))
            let leads = try await office.leads()
            #expect(leads.count == 2)
            #expect(leads[1].uid != uid)
            #expect(leads[0].status == .discarded)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("all that is held is handed out, and who took it is journalled")
    func export() async throws {
        try await Office.open { office in
            let (one, other) = try await office.two()
            try await office.merge(other, into: one)
            let staff = StaffID.new()
            let dossier = try await office.spine.perform(.staff(staff)) { work in
                try await office.app.exportPerson(other, by: staff, work)
            }
            #expect(dossier.uid == one)
            #expect(dossier.alsoKnownAs == [other])
            #expect(Set(dossier.identifiers.map(\.value)) == ["+8613900000001", "+8613900000002"])
            #expect(dossier.submissions.count == 2)
            #expect(dossier.holds["name"]?.value == "张三")
            let json = String(decoding: try Wire.encoder.encode(dossier), as: UTF8.self)
            #expect(json.contains(#""firstResponseDueAt""#))
            #expect(
                try await office.spine.events(of: PersonExported.self) == [PersonExported(uid: one, staffID: staff)]
            )
        }
    }

    @Test("a document number is kept as a keyed digest, and the same document is the same person")
    func document() async throws {
        let key = try #require(DocumentKey("a secret of some length"))
        #expect(DocumentKey("short") == nil)
        #expect(try key.identifier("110101 19900307 451x") == key.identifier("11010119900307451X"))
        #expect(throws: Rejection.self) { try key.identifier("x") }
        try await Office.open { office in
            let (one, other) = try await office.two()
            let tell = TellOfPerson(documentKey: key, merge: office.app.mergePersons)
            for uid in [one, other] {
                try await office.spine.perform(.staff(.new())) { work in
                    try await tell(uid, ["document": "110101199003074510"], .all, work)
                }
            }
            #expect(try await office.survivor(of: other) == one)
            #expect(try await office.places(of: "110101199003074510") == [])
        }
    }

}

extension Sight {
    /// Of somebody who heads the agency.
    fileprivate static var all: Sight {
        Principal(staffID: .v7(), name: "Head", email: "head@lintel.example", role: .head, scope: .all).leadSight
    }
}

extension Office {
    func erase(_ uid: UID) async throws {
        try await spine.perform(.staff(.new())) { work in
            try await app.erasePerson(uid, reason: "request", work)
        }
    }

    /// A message that waits to be tried again, one that is dead, and an answer that would be given again.
    fileprivate func leaveTraces(of uid: UID) async throws {
        let body = #"{"specversion":"1.0","data":{"uid":"\#(uid)","customerName":"慕容复","to":"+86 138 1234 5678"}}"#
        let bytes = Bytes(Array(body.utf8))
        _ = try await spine.perform(Cause(actor: "test")) { work in
            try await work.tx.execute(
                """
                INSERT INTO retries (inlet, source, message_id, order_keys, exchange, routing_key, properties, body, next_at, error)
                VALUES ('leads.events', 's', '1', '{}', 'e', 'k', '{}', \(bytes), now(), 'refused +8613812345678')
                """
            )
            try await work.tx.execute(
                """
                INSERT INTO dead_letters (id, inlet, source, message_id, exchange, routing_key, properties, body, reason, detail,
                                          attempts, first_at)
                VALUES (gen_random_uuid(), 'leads.events', 's', '2', 'e', 'k', '{}', \(bytes), 'bad', '慕容复 is bad', 1, now())
                """
            )
            try await work.tx.execute(
                """
                WITH file AS (
                    INSERT INTO imports (id, name, status, channel, created_by, created_at, ordered_by, changed_at)
                    VALUES (gen_random_uuid(), 'fair.csv', 'done', 'web', gen_random_uuid(), now(), gen_random_uuid(), now())
                    RETURNING id
                ), piece AS (
                    INSERT INTO import_pieces (import_id, number, bytes) SELECT id, 1, \(bytes) FROM file
                )
                INSERT INTO import_rows (import_id, number, verdict, lead_id)
                SELECT f.id, 2, 'new', l.id FROM file f, (SELECT id FROM leads WHERE uid = \(uid) LIMIT 1) AS l
                """
            )
            try await work.tx.execute(
                """
                INSERT INTO idempotency (scope, key, digest, status, response) VALUES ('s', 'k', 'd', 200, \(bytes))
                """
            )
        }
    }

    func places(of text: String) async throws -> [String] { try await spine.places(of: text) }

    fileprivate func counts() async throws -> [Int] {
        try await [
            count("SELECT count(*) AS count FROM leads"), count("SELECT count(*) AS count FROM submissions"),
            count("SELECT count(*) AS count FROM persons"), count("SELECT count(*) AS count FROM decisions"),
            count("SELECT coalesce(sum(touches), 0)::bigint AS count FROM leads"),
            count("SELECT count(*) AS count FROM journal WHERE name = 'leads.lead.received.v1'"),
        ]
    }

    fileprivate func readJournal() async throws {
        _ = try await (
            spine.events(of: LeadReceived.self), spine.events(of: LeadAssigned.self),
            spine.events(of: LeadTouched.self),
            spine.events(of: PersonIdentified.self), spine.events(of: PersonMerged.self),
            spine.events(of: LeadDiscarded.self)
        )
    }
}
