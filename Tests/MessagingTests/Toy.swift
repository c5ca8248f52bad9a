import Contracts
import Foundation
import Messaging
import Postgres

/// The events and the effect that these tests play with: whoever hears of a discarded lead writes its reason down.
enum Toy {
    static func discarded(_ reason: String, lead: LeadID = .new()) -> LeadDiscarded {
        LeadDiscarded(leadID: lead, uid: UID.new(), reason: reason)
    }

    static let effects = """
        CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, subject text NOT NULL, reason text NOT NULL)
        """

    /// Writes every reason down; `poison` fails for good, `later` until the table says that it may pass.
    static let subscription = Subscription.on(LeadDiscarded.self) { arrival, work in
        if arrival.message.reason == "poison" { throw Poison() }
        try await write(arrival, work)
    }

    /// Writes a reason down.
    static func write(_ arrival: Arrival<LeadDiscarded>, _ work: Work) async throws {
        try await work.tx.execute(
            """
            INSERT INTO effects (subject, reason) VALUES (\(arrival.envelope.subject), \(arrival.message.reason))
            """
        )
    }

    struct Poison: Error {}
}

extension Spine {
    /// Makes the table that the toy's handler writes to.
    func makeEffects() async throws {
        _ = try await database.transaction { tx in try await tx.script(Toy.effects) }
    }

    /// What was written down, in order.
    func effects() async throws -> [String] {
        try await read { tx in try await tx.all("SELECT reason FROM effects ORDER BY id") { try $0["reason"] } }
    }

    /// Makes everything that is parked due now.
    func hurryRetries() async throws {
        _ = try await database.transaction { tx in try await tx.execute("UPDATE retries SET next_at = now()") }
    }
}
