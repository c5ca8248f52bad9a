public import AMQP
import Contracts
import Failures
import Postgres

extension Spine {
    private static let chunk = 500

    /// Sends a range of the journal again to one service alone, in the journal's order.
    ///
    /// That service drops what it has handled. Returns how many events of each name were sent; a dry run only counts.
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
                try await JournalStore(tx).entries(rest, about: subject, atMost: Self.chunk)
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
