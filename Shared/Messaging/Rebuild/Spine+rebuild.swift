public import AMQP
import Contracts
import Failures
import Foundation
import Postgres

/// What a rebuilding has done, and what is left to do.
public struct RebuildReport: Sendable {
    public let rebuild: ReplayRoute.Rebuild
    /// Rows that were dropped.
    public let dropped: Int
    /// Events of this service's own journal that were applied.
    public let applied: Int
    /// The services that must send theirs again.
    public let others: [String]
}

extension Spine {
    private static let chunk = 500

    /// Empties a projection and builds it again from this service's own journal, in one transaction.
    ///
    /// The others' events are not here: each of them is to send its own again, with the report's `rebuild`. What happens
    /// meanwhile is projected as always. A dry run says what would be done.
    public func rebuild(_ name: String, isDryRun: Bool) async throws -> RebuildReport {
        guard let projection = projections.first(where: { $0.name == name }) else {
            let known = projections.map(\.name).joined(separator: ", ")
            throw Rejection(
                .notFound,
                "projection-not-found",
                "\(service) has no projection \(name); it has: \(known)."
            )
        }
        return try await perform(Cause(actor: "operator")) { work in
            let store = RebuildStore(work.tx)
            let dropped = try await store.count(projection.table)
            var applied = 0
            var last: Int64 = 0
            if !isDryRun { try await store.empty(projection.table) }
            while true {
                let entries = try await store.entries(of: projection.names, after: last, atMost: Self.chunk)
                guard let end = entries.last else { break }
                if !isDryRun { try await projection.apply(entries.map(\.entry.received), work) }
                applied += entries.count
                last = end.position
            }
            return RebuildReport(
                rebuild: ReplayRoute.Rebuild(projection: name, run: UUID.v7().wire),
                dropped: dropped,
                applied: applied,
                others: Set(projection.names.map(\.service)).subtracting([service]).sorted()
            )
        }
    }

    /// Sends a range of the journal again to one service alone, in the journal's order.
    ///
    /// That service drops what it has handled, or, where it rebuilds, feeds nothing but the projection with it.
    /// Returns how many events of each name were sent; a dry run only counts.
    public func resend(
        _ positions: ClosedRange<Int64>,
        about subject: String?,
        to route: ReplayRoute,
        by publisher: Publisher,
        isDryRun: Bool
    ) async throws -> [String: Int] {
        var counts: [String: Int] = [:]
        var next = positions.lowerBound
        while next <= positions.upperBound {
            let rest = next...positions.upperBound
            let entries = try await read { tx in
                try await RebuildStore(tx).entries(rest, about: subject, atMost: Self.chunk)
            }
            guard let end = entries.last else { break }
            if !isDryRun { try await publish(entries.map(\.entry), to: route, by: publisher) }
            for one in entries { counts[one.entry.envelope.type.text, default: 0] += 1 }
            guard end.position < positions.upperBound else { break }
            next = end.position + 1
        }
        return counts
    }

    /// Publishes until every one is confirmed; what was lost is sent again, and the receiver drops what it has.
    private func publish(_ entries: [JournalEntry], to route: ReplayRoute, by publisher: Publisher) async throws {
        let messages = entries.map { entry in
            var message = entry.message
            message.routingKey = route.routingKey
            return message
        }
        for _ in 0..<5 {
            let outcomes = await publisher.publish(messages)
            if outcomes.allSatisfy({ $0 == .confirmed }) { return }
            for case .returned(_, let reason) in outcomes {
                throw Rejection(.notFound, "receiver-not-found", "No queue takes \(route.routingKey): \(reason).")
            }
        }
        throw Rejection(.conflict, "not-confirmed", "The broker has not confirmed; try again when it is well.")
    }
}

/// The SQL of sending again and building again.
struct RebuildStore: Sendable {
    /// A journalled event with its place.
    struct Placed: Sendable {
        let position: Int64
        let entry: JournalEntry
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func count(_ table: String) async throws -> Int {
        try await tx.first(SQL(stringLiteral: "SELECT count(*) AS rows FROM \(table)")) { try $0["rows"] } ?? 0
    }

    func empty(_ table: String) async throws {
        try await tx.script("TRUNCATE \(table)")
    }

    func entries(of names: Set<MessageName>, after position: Int64, atMost limit: Int) async throws -> [Placed] {
        try await placed("name = ANY(\(names.map(\.text).sorted())::text[]) AND position > \(position)", limit)
    }

    func entries(_ range: ClosedRange<Int64>, about subject: String?, atMost limit: Int) async throws -> [Placed] {
        try await placed(
            """
            position BETWEEN \(range.lowerBound) AND \(range.upperBound)
             AND (\(subject)::text IS NULL OR subject = \(subject))
            """,
            limit
        )
    }

    private func placed(_ condition: SQL, _ limit: Int) async throws -> [Placed] {
        try await tx.all(
            """
            SELECT position, id, name, subject, sequence, uid, actor, correlation_id, causation_id, traceparent,
                   occurred_at, data
              FROM journal WHERE \(condition) ORDER BY position LIMIT \(limit)
            """
        ) { row in Placed(position: try row["position"], entry: try JournalEntry(row: row)) }
    }
}
