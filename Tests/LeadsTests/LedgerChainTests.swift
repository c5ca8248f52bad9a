import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("The ledger's chain")
struct LedgerChainTests {
    /// Four rows of `web` (accepted, merged with notes, rejected, duplicate) and one of `showroom`, in two batches.
    private func withLedger(_ body: (Office) async throws -> Void) async throws {
        try await Office.open { office in
            try await office.push([
                Office.submission(Office.enquiry("1"), user: "channel-web"),
                Office.submission(
                    #"{"channel": "web", "externalId": "2", "campaign": "秋", "person": {"phones": ["x", "13812345678"], "emails": ["bad"]}}"#
                ),
                Office.submission(
                    #"{"channel": "showroom", "person": {"phones": ["13912345678"]}}"#,
                    channel: "showroom"
                ),
            ])
            try await office.push([
                Office.submission(Office.enquiry("3", phone: "12")),
                Office.submission(Office.enquiry("1", more: #", "message": "!""#)),
            ])
            let report = try await AuditLedger(spine: office.spine)()
            #expect(report.breaches == [])
            #expect(report.byOutcome == ["accepted": 2, "merged": 1, "rejected": 1, "duplicate": 1])
            #expect(report.chains.map(\.channel) == ["showroom", "web"])
            #expect(report.chains.map(\.rows) == [1, 4])
            try await body(office)
        }
    }

    /// What the audit names of a law after some damage.
    private func named(_ law: String, after damage: String, in office: Office) async throws -> [String] {
        _ = try await office.spine.database.transaction { tx in
            try await tx.script("SET LOCAL session_replication_role = replica; " + damage)
        }
        let report = try await AuditLedger(spine: office.spine)()
        #expect(!report.holds)
        return report.breaches.first { $0.law == law }?.ids.map {
            $0.split(separator: " ").prefix(2).joined(separator: " ")
        } ?? []
    }

    @Test(
        "names the row of which anything was changed",
        arguments: [
            "id = gen_random_uuid()", "submission_key = 'other'", "digest = 'other'", "transport = 'http'",
            "broker_user = 'other'", "external_id = NULL", "external_id = '22'", "campaign = 'other'",
            "notes = '[]'", "lead_id = gen_random_uuid()", "uid = gen_random_uuid()",
            "received_at = received_at + interval '1 us'",
            "body = 'other'", "body_size = body_size + 1", "content = sha256('other')", "link = sha256('other')",
            "content = NULL",
            "outcome = 'rejected', reason = 'x', lead_id = NULL", "detail = 'other'", "field = 'other'",
            "erased_at = now(), content = sha256('other')",
        ]
    )
    func changed(_ change: String) async throws {
        try await withLedger { office in
            let damage = "UPDATE submissions SET \(change) WHERE channel = 'web' AND sequence = 2"
            let found = try await named("ledger-row-changed", after: damage, in: office)
            #expect(found.first == "web 2")
        }
    }

    @Test("names rows that have changed places, or went to another channel")
    func reordered() async throws {
        try await withLedger { office in
            let damage = "UPDATE submissions SET sequence = 5 - sequence WHERE channel = 'web' AND sequence IN (2, 3)"
            let found1 = try await named("ledger-row-changed", after: damage, in: office)
            #expect(found1.starts(with: ["web 2", "web 3"]))
        }
        try await withLedger { office in
            let damage =
                "UPDATE submissions SET channel = 'showroom', sequence = 2 WHERE channel = 'web' AND sequence = 4"
            let found2 = try await named("ledger-row-changed", after: damage, in: office)
            #expect(found2 == ["showroom 2"])
            let found3 = try await named("ledger-row-missing", after: "", in: office)
            #expect(found3 == ["web 4"])
        }
    }

    @Test("names the row that was deleted: the first, one between, the last", arguments: [1, 3, 4])
    func deleted(_ sequence: Int) async throws {
        try await withLedger { office in
            let damage = "DELETE FROM submissions WHERE channel = 'web' AND sequence = \(sequence)"
            let found4 = try await named("ledger-row-missing", after: damage, in: office)
            #expect(found4 == ["web \(sequence)"])
        }
    }

    @Test("cannot be shortened: its end is known beside it")
    func shortened() async throws {
        try await withLedger { office in
            let damage = """
                DELETE FROM submissions WHERE channel = 'web' AND sequence = 4;
                UPDATE chains SET sequence = 3 WHERE channel = 'web';
                """
            let found5 = try await named("ledger-chain-without-end", after: damage, in: office)
            #expect(found5 == ["web 3"])
            let found6 = try await named("ledger-chain-without-end", after: "DELETE FROM chains", in: office)
            #expect(found6.count == 2)
        }
    }

    @Test("holds when a person's content is erased, and goes on")
    func erased() async throws {
        try await withLedger { office in
            _ = try await office.spine.database.transaction { tx in
                try await tx.script(
                    """
                    UPDATE submissions SET body = '', external_id = NULL, campaign = NULL, detail = NULL, notes = '[]',
                                           broker_user = NULL, erased_at = now()
                     WHERE channel = 'web'
                    """
                )
            }
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
            try await office.push(Office.enquiry("9", phone: "13700000000"))
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("takes in the rows that were there before it, and those that an older version still adds")
    func adopted() async throws {
        try await withLedger { office in
            let damage = """
                UPDATE submissions SET sequence = NULL, content = NULL, link = NULL; DELETE FROM chains;
                """
            let found7 = try await named("ledger-row-unchained", after: damage, in: office)
            #expect(found7.count == 5)
            try await office.app.adoptLedger()
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
            try await office.push(Office.enquiry("9", phone: "13700000000"))
            let report = try await AuditLedger(spine: office.spine)()
            #expect(report.breaches == [])
            #expect(report.chains.map(\.rows) == [1, 5])
        }
    }

    @Test("stays one chain when batches come at once")
    func concurrent() async throws {
        try await Office.open { office in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        for round in 0..<3 {
                            try await office.push(
                                Office.enquiry("\(number)-\(round)", phone: "1380000\(number)\(round)00"),
                                Office.enquiry("bad-\(number)-\(round)", phone: "1")
                            )
                        }
                    }
                }
                try await group.waitForAll()
            }
            let report = try await AuditLedger(spine: office.spine)()
            #expect(report.breaches == [])
            #expect(report.chains.map(\.rows) == [48])
        }
    }
}
