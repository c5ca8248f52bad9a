import Contracts
import Foundation
import Postgres

extension Work {
    /// Takes a person out of the journal, and out of what waits, has failed or was answered; the rows stay, with their
    /// sequence, their names and their times.
    public func forget(_ forgotten: Forgotten) async throws {
        let store = SpineErasureStore(tx: tx, redaction: Redaction(forgotten))
        try await store.blankJournal(of: forgotten)
        try await store.blankBodies(forgotten)
        try await store.blankAnswers()
    }
}

/// The SQL that takes a person out of the spine's tables.
struct SpineErasureStore: Sendable {
    let tx: Transaction
    let redaction: Redaction

    func blankJournal(of forgotten: Forgotten) async throws {
        let subjects = forgotten.subjects + forgotten.uids.map(\.description)
        let rows = try await tx.all(
            """
            SELECT position, data::text AS data FROM journal
             WHERE uid = ANY(\(forgotten.uids.map(\.uuid))::uuid[]) OR subject = ANY(\(subjects)::text[])
            """
        ) { (position: try $0["position"] as Int64, data: try $0["data"] as String) }
        let changed = rows.map { ($0.position, redaction.redacted($0.data, isTheirs: true) ?? "{}") }
        guard !changed.isEmpty else { return }
        try await tx.execute(
            """
            UPDATE journal j SET data = t.data
              FROM unnest(\(changed.map(\.0))::bigint[], \(changed.map { JSONText($0.1) })::jsonb[]) AS t (position, data)
             WHERE j.position = t.position
            """
        )
    }

    /// Messages that wait to be tried again, and dead letters: few, so each is looked at.
    func blankBodies(_ forgotten: Forgotten) async throws {
        for (table, words) in [("retries", "error = NULL"), ("dead_letters", "detail = '', note = NULL")]
            as [(SQL, SQL)]
        {
            let rows = try await tx.all("SELECT id::text AS id, body FROM \(table)") { row in
                (id: try row["id"] as String, body: String(decoding: (try row["body"] as Bytes).bytes, as: UTF8.self))
            }
            for (id, body) in rows {
                let isTheirs = forgotten.uids.contains { body.contains($0.description) } || redaction.betrays(body)
                guard isTheirs else { continue }
                let kept = Array((redaction.redacted(body, isTheirs: true) ?? "{}").utf8)
                try await tx.execute("UPDATE \(table) SET body = \(Bytes(kept)), \(words) WHERE id::text = \(id)")
            }
        }
    }

    /// Answers that would be given again to the same request.
    func blankAnswers() async throws {
        let rows = try await tx.all("SELECT scope, key, response FROM idempotency") { row in
            (
                scope: try row["scope"] as String, key: try row["key"] as String,
                json: String(decoding: (try row["response"] as Bytes).bytes, as: UTF8.self)
            )
        }
        for (scope, key, json) in rows where redaction.betrays(json) {
            let kept = Array((redaction.redacted(json, isTheirs: true) ?? "{}").utf8)
            try await tx.execute(
                "UPDATE idempotency SET response = \(Bytes(kept)) WHERE scope = \(scope) AND key = \(key)"
            )
        }
    }
}
