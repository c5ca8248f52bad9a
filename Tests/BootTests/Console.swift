import AMQP
import Contracts
import Foundation
import Hummingbird
import Messaging
import Postgres
import TestSupport
import Web

@testable import Boot

/// The operations pages of a service called sales, which hears of discarded leads, over a schema of its own.
struct Console: Sendable {
    let spine: Spine
    let pages: Pages
    let client: RouteClient
    let letters: DeadLetters

    static let admin = Principal(
        staffID: .v7(),
        name: "Su Lan",
        email: "admin@lintel.example",
        role: .admin,
        scope: .all
    )
    static let manager = Principal(
        staffID: .v7(),
        name: "Manager",
        email: "manager@lintel.example",
        role: .manager,
        scope: .team
    )

    /// Writes every reason down.
    static let subscriptions = [
        Subscription.on(LeadDiscarded.self) { arrival, work in
            try await work.tx.execute("INSERT INTO effects (reason) VALUES (\(arrival.message.reason))")
        }
    ]

    static func open(
        queues: [QueueState] = [Console.queue()],
        _ body: (Console) async throws -> Void
    ) async throws {
        try await withSpine("sales") { spine in
            _ = try await spine.database.transaction { tx in
                try await tx.script(
                    "CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, reason text NOT NULL)"
                )
            }
            let pages = try Pages(service: "sales", folder: nil)
            let signIn = try TestSignIn()
            let letters = DeadLetters(spine, readers: [.events("sales", subscriptions)])
            let server = WebServer(
                configuration: .init(
                    service: "sales",
                    host: "127.0.0.1",
                    port: 0,
                    opsPort: 0,
                    publicURL: "http://localhost:8080",
                    development: true
                ),
                pages: pages,
                verifier: signIn.verifier,
                feed: LiveFeed(),
                logger: testLogger("sales")
            ) { router in
                OperationsRoutes(
                    spine: spine,
                    pages: pages,
                    isDevelopment: true,
                    publishing: { .running },
                    queues: { queues },
                    letters: letters
                ).add(to: router)
            }
            let client = RouteClient(server.responder, signIn: signIn)
            try await body(Console(spine: spine, pages: pages, client: client, letters: letters))
        }
    }

    static func queue(ready: Int = 0, consumers: Int = 1) -> QueueState {
        QueueState(
            queue: "sales.events",
            connection: .running,
            look: QueueLook(ready: ready, consumers: consumers, unsettled: 0)
        )
    }

    // MARK: What happens to it

    /// An event as it would arrive; `type` and `data` may be wrong.
    static func event(
        _ reason: String,
        id: String = UUID.v7().wire,
        type: String = "leads.lead.discarded.v1",
        data: String? = nil
    ) -> String {
        let whole = #"{"leadID":"\#(UUID.v7().wire)","uid":"\#(UUID.v7().wire)","reason":"\#(reason)"}"#
        return #"""
            {"specversion":"1.0","id":"\#(id)","source":"/lintel/leads","type":"\#(type)","subject":"s",
             "time":"2026-11-22T00:00:00Z","data":\#(data ?? whole)}
            """#
    }

    /// Lets a message arrive that nobody can handle, and returns its letter.
    @discardableResult
    func bury(_ body: [UInt8]) async throws -> DeadLetter {
        let known = Set(try await letters.list(DeadLetterSelection(status: nil)).map(\.id))
        try await spine.settle(bytes: body, with: Console.subscriptions)
        let all = try await letters.list(DeadLetterSelection(status: nil))
        guard let new = all.first(where: { !known.contains($0.id) }) else { throw NoLetter() }
        return new
    }

    @discardableResult
    func bury(_ body: String) async throws -> DeadLetter { try await bury(Array(body.utf8)) }

    struct NoLetter: Error {}

    /// Handles what was handed over again.
    func drain() async throws { try await spine.drainRetries(with: Console.subscriptions) }

    func effects() async throws -> [String] {
        try await spine.read { tx in try await tx.all("SELECT reason FROM effects ORDER BY id") { try $0["reason"] } }
    }

    func waiting() async throws -> Int { try await letters.count(DeadLetterSelection()) }
}

extension Spine {
    /// The bodies of what was handed over again and not yet handled.
    func parked() async throws -> [[UInt8]] {
        try await read { tx in
            try await tx.all("SELECT body FROM retries ORDER BY id") { row in
                let body: Bytes = try row["body"]
                return body.bytes
            }
        }
    }

    /// Files a letter with the reason `planted`, as if its message had died here.
    @discardableResult
    func file(_ body: String, source: String, messageID: String) async throws -> UUID {
        let id = UUID.v7()
        try await perform(Cause(actor: "test")) { work in
            try await work.tx.execute(
                """
                INSERT INTO dead_letters (id, inlet, source, message_id, exchange, routing_key, properties, body, reason,
                                          detail, attempts, first_at, died_at)
                VALUES (\(id), 'sales.events', \(source), \(messageID), 'lintel.events', 'leads.lead.discarded',
                        \(JSONText(#"{"headers":{}}"#)), \(Bytes(Array(body.utf8))), 'planted', 'by a test', 1, now(),
                        clock_timestamp())
                """
            )
        }
        return id
    }
}
