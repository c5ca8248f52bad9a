import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("All that is held of a person")
struct HoldingTests {
    @Test("every table is handed out, or there is a reason why not; and of each it is said what erasure makes of it")
    func catalogue() async throws {
        try await Office.open { office in
            #expect(try await office.spine.overlooked(by: .leads) == [])
            let tables = try await office.spine.tables()
            let named = Holdings.leads.tables.map(\.name)
            // Whatever has a column that names a person or a lead is not among what names nobody.
            let telling: Set<String> = [
                "uid", "origin", "lead_id", "told_of", "survivor", "merged", "low", "high", "referrer", "referred",
                "kept_uid", "other_uid", "merged_into", "person_id", "customer_id", "submission_id",
            ]
            let naming = tables.filter { !telling.isDisjoint(with: $0.value) }.keys
            let passing: Set<String> = ["return_changes", "score_changes", "tags_due", "offer_notices"]
            #expect(Set(naming).subtracting(named) == passing)
        }
    }

    @Test("what is kept after an erasure has no column of words; what has one is blanked")
    func erasure() async throws {
        let free: Set<String> = ["name", "message", "reason", "note", "discard_note", "body", "told", "words", "value"]
        try await Office.open { office in
            let tables = try await office.spine.tables()
            for table in Holdings.leads.tables {
                guard case .kept(let why) = table.erasure else { continue }
                #expect(!why.isEmpty)
                // A stable slug, never anybody's words.
                let slugs: Set<String> =
                    table.name == "nurture_enrolments" || table.name == "import_rows" ? ["reason"] : []
                let words = (tables[table.name] ?? []).intersection(free).subtracting(slugs)
                #expect(words == [], "\(table.name)")
            }
        }
    }

    @Test(
        "whoever asks is handed tags, stages, sequences and what was sent, deals, scores, layers, referrals and consent"
    )
    func dossier() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let words = #", "message": "学区", "need": {"projects": ["river-park"]}, "consent": {"sms": true}"#
            try await office.push(Office.enquiry("1", phone: "13900000001", more: words))
            try await office.push(Office.enquiry("1", phone: "13900000001", more: words + #", "campaign": "a""#))
            try await office.takeInTags()
            let lead = try await office.leads()[0]
            try await office.win(.new(), of: lead, by: agent)
            try await office.settleMatches()
            try await office.scores(lead.id)
            let code = try await office.code(for: lead.uid)
            try await office.push(Office.enquiry("4", phone: "13700000004"))
            let stranger = try await office.leads()[1].uid
            try await office.pins(lead.uid, stranger)
            try await office.enrols(lead.uid)

            let dossier = try await office.spine.perform(.staff(agent)) { work in
                try await office.app.exportPerson(lead.uid, by: agent, work)
            }
            for table in [
                "persons", "leads", "decisions", "tags", "deal_facts", "lead_scores", "life_cycles", "pins",
                "nurture_enrolments", "nurture_steps", "match_keys",
            ] {
                #expect(dossier.held[table]?.isEmpty == false, "\(table)")
            }
            #expect(dossier.referralCodes == [code])
            #expect(dossier.submissions.map(\.outcome) == ["accepted", "duplicate"])
            #expect(dossier.consents.map(\.scope) == [["sms"]])
            #expect(dossier.consentHistory.map(\.allows) == [true])
            let json = String(decoding: try Wire.encoder.encode(dossier), as: UTF8.self)
            for part in Holdings.leads.tables {
                if case .part(let name) = part.place { #expect(json.contains("\"\(name)\"")) }
            }
            #expect(json.contains("nurture-welcome"))
            #expect(!json.contains(stranger.description), "somebody else is nobody's business")
        }
    }
}

extension Office {
    fileprivate func pins(_ one: UID, _ other: UID) async throws {
        let pair = UIDPair(one, other)
        _ = try await spine.perform(.staff(.new())) { work in
            try await work.tx.execute(
                "INSERT INTO pins (low, high, actor, pinned_at) VALUES (\(pair.low), \(pair.high), 'staff', now())"
            )
        }
    }

    /// As if there were enough deals to learn from.
    fileprivate func scores(_ lead: LeadID) async throws {
        _ = try await spine.perform(Cause(actor: "test")) { work in
            try await work.tx.execute(
                """
                INSERT INTO lead_scores (lead_id, received_at, factors, percent)
                VALUES (\(lead), now(), '{"source": "web"}', 40)
                """
            )
        }
    }

    /// They are on the way through a sequence, and have had its first text.
    fileprivate func enrols(_ uid: UID) async throws {
        _ = try await spine.perform(.staff(.new())) { work in
            try await work.tx.execute(
                """
                WITH made AS (
                    INSERT INTO nurture_sequences (id, name, version) VALUES (gen_random_uuid(), 'Year', 1) RETURNING id
                ), version AS (
                    INSERT INTO nurture_versions (sequence_id, version, plan, changed_by, changed_at)
                    SELECT id, 1, '{}', 'test', now() FROM made RETURNING sequence_id
                ), enrolled AS (
                    INSERT INTO nurture_enrolments (id, sequence_id, version, origin, uid, state, started_at, ended_at, why)
                    SELECT gen_random_uuid(), sequence_id, 1, \(uid), \(uid), 'finished', now(), now(), '{}' FROM version
                    RETURNING id
                )
                INSERT INTO nurture_steps (enrolment_id, step, template, sent_at)
                SELECT id, 0, 'nurture-welcome', now() FROM enrolled
                """
            )
        }
    }
}
