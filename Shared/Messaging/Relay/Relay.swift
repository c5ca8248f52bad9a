public import AMQP
import Logging
import Metrics
import Postgres
public import ServiceLifecycle

/// Publishes the journal's events to `lintel.events`, in journal order for each subject, and forgets them once the broker
/// has them.
///
/// One replica leads, by an advisory lock on a session of its own; the others pass on to it that there is work. A crash
/// between the broker's confirm and the deletion sends an event again; the receivers' inboxes drop it.
public struct Relay: Service {
    private let spine: Spine
    private let publisher: Publisher
    private let leads: Gauge

    public init(_ spine: Spine, _ publisher: Publisher) {
        self.spine = spine
        self.publisher = publisher
        leads = Gauge(label: "relay_leads", dimensions: [("service", spine.service)])
        leads.record(0)
    }

    public func run() async throws {
        await untilShutdown(waking: spine.outboxSignal) {
            do {
                try await contend()
            } catch {
                spine.logger.warning("relay: starting over", metadata: ["error": "\(error)"])
                await spine.outboxSignal.wait(atMost: .seconds(1))
            }
        }
    }

    private var lock: Int64 { AdvisoryLock.key("lintel.relay.\(spine.service)") }
    private var channel: String { "lintel_outbox_\(spine.service)" }

    /// Leads if nobody does; else passes pokes on to the leader for a while.
    private func contend() async throws {
        try await withSession { session in
            if try await session.tryLock(lock) {
                try await withSession { ear in try await lead(session, ear) }
            } else {
                await spine.outboxSignal.wait(atMost: .seconds(2))
                if !Task.isShuttingDownGracefully { _ = try await session.rows("SELECT pg_notify(\(channel), '')") }
            }
        }
    }

    private func withSession(_ body: (Session) async throws -> Void) async throws {
        let session = try await spine.database.session()
        do {
            try await body(session)
        } catch {
            await session.close()
            throw error
        }
        await session.close()
    }

    private func lead(_ session: Session, _ ear: Session) async throws {
        spine.logger.info("relay: leads")
        leads.record(1)
        spine.freshEvents.keep(true)
        defer {
            leads.record(0)
            spine.freshEvents.keep(false)
        }
        let pokes = try await ear.notifications(on: channel)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in pokes {
                    spine.freshEvents.lookIntoOutbox()
                    spine.outboxSignal.poke()
                }
            }
            try await Dispatch(spine, publisher).run(while: session)
            group.cancelAll()
        }
    }
}

/// The key of an advisory lock, from its name (FNV-1a, 64 bits).
enum AdvisoryLock {
    static func key(_ name: String) -> Int64 {
        Int64(bitPattern: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }
}
