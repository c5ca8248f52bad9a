import Contracts
import Foundation
import Messaging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Leads

@Suite("Identity")
struct IdentityTests {
    @Test("the same phone or the same e-mail is the same person, and an open lead is touched")
    func same() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", phone: "13812345678", email: "a@example.com"))
            try await office.push(Office.enquiry("2", phone: "+86 138 1234 5678"))
            try await office.push(Office.enquiry("3", phone: "13900000001", email: "A@Example.com"))
            try await office.push(Office.enquiry("4", phone: "13900000001"))
            let leads = try await office.leads()
            #expect(leads.count == 1)
            #expect(leads.first?.touches == 4)
            #expect(try await office.spine.events(of: LeadTouched.self).map(\.touches) == [2, 3, 4])
            let last = try #require(try await office.spine.events(of: PersonIdentified.self).last)
            #expect(last.person.phones == ["+8613812345678", "+8613900000001"])
            #expect(!last.isNew)
        }
    }

    @Test("a submission that speaks of two known persons goes to the older, and whether they are one is asked at once")
    func conflict() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", phone: "13812345678"))
            try await office.push(Office.enquiry("2", phone: nil, email: "b@example.com"))
            try await office.push(Office.enquiry("3", phone: "13812345678", email: "b@example.com"))
            let leads = try await office.leads()
            #expect(leads.map(\.touches) == [2, 1])
            try await office.settleMatches()
            let standing = try await office.leads().map(\.uid)
            #expect(Set(standing).count == 1)
        }
    }

    @Test("a no stands against a later yes, and the change is told once")
    func consent() async throws {
        try await Office.open { office in
            try await office.push(Office.enquiry("1", more: #", "consent": {"sms": true}"#))
            let uid = try #require(try await office.leads().first?.uid)
            let stop = RecipientOptedOut(uid: uid, channel: "sms", source: "stop-reply")
            let id = UUID.v7()
            try await office.hear(stop, about: uid, uid: uid, id: id)
            try await office.hear(stop, about: uid, uid: uid, id: id)
            try await office.push(Office.enquiry("2", more: #", "consent": {"sms": true, "email": false}"#))
            let changes = try await office.spine.events(of: ConsentChanged.self)
            #expect(changes.map(\.consent.sms) == [false, false])
            #expect(changes.map(\.consent.email) == [nil, false])
        }
    }

    @Test("many at once with the same new person are one UID, one lead and touches")
    func concurrent() async throws {
        try await Office.open { office in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        let email = number.isMultiple(of: 2) ? "a@example.com" : nil
                        try await office.push(Office.enquiry("n-\(number)", email: email))
                    }
                }
                try await group.waitForAll()
            }
            let leads = try await office.leads()
            #expect(leads.count == 1)
            #expect(leads.first?.touches == 12)
            #expect(try await office.count("SELECT count(*) AS count FROM persons") == 1)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("the same submission from two replicas at once is one row")
    func race() async throws {
        try await Office.open { office in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await office.push(Office.enquiry("same")) } }
                try await group.waitForAll()
            }
            #expect(try await office.ledger().map(\.deliveries) == [8])
            #expect(try await office.leads().map(\.touches) == [1])
        }
    }

    @Test("what another replica files while a batch waits for it is a repetition, and the batch does not begin again")
    func filedMeanwhile() async throws {
        try await Office.open { office in
            let tries = try await office.overtake(
                [Office.enquiry("same"), Office.enquiry("2", phone: "13900000002")],
                by: Office.enquiry("same")
            )
            #expect(tries == 1)
            #expect(try await office.ledger().map(\.deliveries).sorted() == [1, 2])
            #expect(try await office.leads().map(\.touches) == [1, 1])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("a batch whose key another replica has filed with another person begins again, and leaves nobody behind")
    func filedOtherwise() async throws {
        try await Office.open { office in
            let phone = "13900000002"
            let tries = try await office.overtake(
                [Office.enquiry("same", phone: phone, email: "b@example.com"), Office.enquiry("2", phone: phone)],
                by: Office.enquiry("same", phone: phone)
            )
            #expect(tries == 2)
            #expect(try await office.leads().map(\.touches) == [2])
            #expect(try await office.count("SELECT count(*) AS count FROM identifiers") == 1)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }
}

extension Office {
    /// Has a batch taken in that waits for an enquiry which another replica is just filing.
    /// - Returns: how often the batch was begun.
    fileprivate func overtake(_ batch: [String], by first: String) async throws -> Int {
        let (filed, waited) = (Signal(), Signal())
        let filing = Mutex(0)
        let tries = Mutex(0)
        async let other: Void = spine.perform(Cause(actor: "test")) { work in
            try await app.acceptSubmissions([Office.submission(first)], work)
            let pid = try await work.tx.first("SELECT pg_backend_pid()::bigint AS pid") { try $0["pid"] as Int }
            filing.withLock { $0 = pid ?? 0 }
            filed.poke()
            await waited.wait(atMost: .seconds(60))
        }
        await filed.wait(atMost: .seconds(60))
        async let ours: Void = spine.perform(Cause(actor: "test")) { work in
            tries.withLock { $0 += 1 }
            try await app.acceptSubmissions(batch.map { Office.submission($0) }, work)
        }
        try await eventually("the batch waits") {
            try await count(
                """
                SELECT count(*) AS count FROM pg_stat_activity
                 WHERE \(filing.withLock(\.self))::bigint = ANY(pg_blocking_pids(pid))
                """
            ) == 1
        }
        waited.poke()
        _ = try await (other, ours)
        return tries.withLock(\.self)
    }
}
