import Contracts
import Failures
import Foundation
import Postgres

/// Builds one projection in one transaction.
struct Rebuilding {
    static let chunk = 500
    /// Rows of each kind that a report names.
    private static let examples = 5

    let projection: Projection
    let work: Work
    let originals: OriginalTables

    var tx: Transaction { work.tx }
    var service: String { work.spine.service }

    func run(from journals: [JournalCopy], _ isDryRun: Bool) async throws -> RebuildReport {
        let shadows = ShadowStore(tx)
        let schema = originals.schema
        let tables = projection.tables.map(\.name)
        var isLocked = !isDryRun
        if case .facts = projection.source { isLocked = true }
        try await shadows.beginWith(locked: isLocked ? tables : [], in: schema)
        if case .facts(let settle, _) = projection.source { try await settle(work) }
        let shapes = try await shapes(in: schema)
        try await shadows.cover(tables + projection.scratch, of: schema)
        let events = try await build(from: journals)
        var differences: [TableDifference] = []
        for shape in shapes {
            differences.append(try await shadows.difference(shape, examples: Rebuilding.examples))
            if !isDryRun { try await shadows.bringOver(shape) }
        }
        return RebuildReport(projection: projection.name, events: events, tables: differences)
    }

    private func shapes(in schema: String) async throws -> [ShadowedTable] {
        var shapes: [ShadowedTable] = []
        for table in projection.tables { shapes.append(try await ShadowStore(tx).shape(of: table, in: schema)) }
        return shapes
    }

    /// - Returns: from how many events.
    private func build(from journals: [JournalCopy]) async throws -> Int? {
        switch projection.source {
        case .facts(_, let build):
            try await build(work, originals)
            return nil
        case .events(let names, _):
            let told = ToldEventsStore(tx)
            try await told.begin()
            if names.contains(where: { $0.service == service }) { try await takeOwn(names, told) }
            try await takeOthers(names, journals, told)
            try await told.arrange()
            return try await applyAll(told)
        }
    }

    private func takeOwn(_ names: Set<MessageName>, _ told: ToldEventsStore) async throws {
        let journal = JournalStore(tx)
        try JournalCopy.refuseCurtailed(service, missing: try await journal.dropped())
        var last: Int64 = 0
        while true {
            let entries = try await journal.entries(of: names, after: last, atMost: Rebuilding.chunk)
            guard let end = entries.last else { return }
            try await told.add(entries.map { .init(envelope: $0.entry.envelope, body: $0.entry.body) })
            last = end.position
        }
    }

    private func takeOthers(
        _ names: Set<MessageName>,
        _ journals: [JournalCopy],
        _ told: ToldEventsStore
    ) async throws {
        let wanted = projection.senders(besides: service)
        var given: Set<String> = []
        for journal in journals {
            let sender = try await take(journal, names, told)
            guard given.insert(sender).inserted else { throw Self.isTwice(sender) }
        }
        let lacking = wanted.filter { !given.contains($0) }
        guard lacking.isEmpty else { throw Self.lacks(lacking, for: projection.name) }
        let sources = wanted.map { "/lintel/\($0)" }
        try await told.dropUnhandled(by: service, from: sources)
        let missing = try await told.missing(by: service, of: names, from: sources)
        guard missing == 0 else { throw Self.isOlder(missing) }
    }

    private func take(_ journal: JournalCopy, _ names: Set<MessageName>, _ told: ToldEventsStore) async throws -> String
    {
        var waiting: [ToldEventsStore.Told] = []
        let sender = try await journal.events { line in
            let body = Array(line)
            let envelope = try MessageParts(body).envelope()
            guard names.contains(envelope.type), envelope.type.service != service else { return }
            waiting.append(.init(envelope: envelope, body: body))
            guard waiting.count == Rebuilding.chunk else { return }
            try await told.add(waiting)
            waiting = []
        }
        try await told.add(waiting)
        return sender
    }

    private func applyAll(_ told: ToldEventsStore) async throws -> Int {
        var count = 0
        while true {
            let events = try await told.next(after: count, atMost: Rebuilding.chunk)
            guard !events.isEmpty else { return count }
            try await projection.apply(events, work)
            count += events.count
        }
    }
}

extension Rebuilding {
    fileprivate static func lacks(_ services: [String], for projection: String) -> Rejection {
        let names = services.joined(separator: ", ")
        return Rejection(
            .invalid,
            "journal-missing",
            "\(projection) is built from the journals of \(names): give what their command `journal` has written.",
            field: "journal"
        )
    }

    fileprivate static func isTwice(_ service: String) -> Rejection {
        Rejection.invalid("journal", "journal-twice", "The journal of \(service) is given twice.")
    }

    fileprivate static func isOlder(_ missing: Int) -> Rejection {
        Rejection(
            .conflict,
            "journals-older",
            """
            \(missing) events were handled after the journals were written. Write them again; where events come without a \
            break, stop this service meanwhile, its queue keeps what comes. Nothing was changed.
            """
        )
    }

    static func hasEffects(_ projection: String) -> Rejection {
        Rejection(
            .conflict,
            "projection-has-effects",
            "Building \(projection) would have told others of it. Nothing was changed."
        )
    }

    static func mayNotCover(_ service: String) -> Rejection {
        Rejection(
            .forbidden,
            "no-temporary-tables",
            "The database does not let \(service) make temporary tables: GRANT TEMPORARY ON DATABASE … TO \(service)."
        )
    }
}
