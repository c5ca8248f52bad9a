import Contracts
import Foundation
import Messaging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Messaging

/// All four services in one process, each over a schema of its own, with a post between them that loses nothing.
struct Town: Sendable {
    let leads: LeadsSide
    let sales: SalesSide
    let service: ServiceSide
    let notify: NotifySide
    private let post = Post()

    var sides: [Side] { [leads.side, sales.side, service.side, notify.side] }

    static func open(_ body: @Sendable (Town) async throws -> Void) async throws {
        try await withSpine("leads", migrations: LeadsSide.migrations) { leads in
            try await withSpine("sales", migrations: SalesSide.migrations, projections: SalesSide.projections) {
                sales in
                try await withSpine("service", migrations: ServiceSide.migrations) { service in
                    try await withSpine("notify", migrations: NotifySide.migrations) { notify in
                        let town = Town(
                            leads: try await LeadsSide(leads),
                            sales: try await SalesSide(sales),
                            service: ServiceSide(service),
                            notify: try NotifySide(notify)
                        )
                        try await town.deliver()
                        try await body(town)
                    }
                }
            }
        }
    }

    /// Everybody hears what was told, and what follows from it, until nothing is under way.
    func deliver() async throws {
        while true {
            var told: [JournalledEvent] = []
            for side in sides { told += try await post.fresh(from: side.spine) }
            guard !told.isEmpty else { return }
            for side in sides { try await side.hear(told.filter { $0.envelope.type.service != side.name }) }
        }
    }

    /// Nothing waits any more: neither for a moment nor for a retry.
    func settle() async throws {
        try await deliver()
        for side in sides { try await side.settle() }
        try await deliver()
        for side in sides { #expect(try await side.spine.unsettled() == (0, 0), "\(side.name)") }
    }

    /// What the others' command `journal` would write.
    func journals(for side: Side, of projection: Projection) async throws -> [JournalCopy] {
        let senders = projection.senders(besides: side.name)
        var journals: [JournalCopy] = []
        for other in sides where senders.contains(other.name) { journals.append(try await other.spine.journalCopy()) }
        return journals
    }
}

/// Remembers what was delivered of each journal.
private final class Post: Sendable {
    private let delivered = Mutex<[String: Int]>([:])

    func fresh(from spine: Spine) async throws -> [JournalledEvent] {
        let all = try await spine.events()
        let known = delivered.withLock { delivered in
            defer { delivered[spine.service] = all.count }
            return delivered[spine.service] ?? 0
        }
        return Array(all.dropFirst(known))
    }
}
