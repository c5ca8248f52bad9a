public import Contracts
import Postgres

/// Tables, or columns of them, that follow from something else that the service keeps or has heard: they can be dropped and
/// built again to the same content.
///
/// It must not depend on anything but its source and itself. Whatever is not declared as one is a fact: there is nothing
/// that it could be built from.
public struct Projection: Sendable {
    public let name: String
    let tables: [ProjectionTable]
    /// Other tables that its code reads or writes on the way: while it is built they are empty, and what is written there
    /// goes nowhere.
    let scratch: [String]
    let source: Source

    enum Source: Sendable {
        /// The events of the journals, those of this service and others'.
        case events(Set<MessageName>, apply: @Sendable ([Received], Work) async throws -> Void)
        /// What the service keeps itself. `settle` first brings the tables themselves up to date with it, where they follow
        /// a moment later.
        case facts(
            settle: @Sendable (Work) async throws -> Void,
            build: @Sendable (Work, OriginalTables) async throws -> Void
        )
    }

    /// A table that is fed with events as they happen: those of the service itself in their own transaction, others' as they
    /// arrive (``Subscription/projecting(_:except:)``).
    public init(
        _ name: String,
        of names: Set<MessageName>,
        in table: String? = nil,
        apply: @escaping @Sendable ([Received], Work) async throws -> Void
    ) {
        self.init(name, tables: [ProjectionTable(table ?? name)], scratch: [], .events(names, apply: apply))
    }

    /// Tables that are kept by these listeners and by nobody else.
    public init(
        _ name: String,
        in tables: [ProjectionTable],
        scratch: [String] = [],
        hearing listeners: [Subscription]
    ) {
        let source = Source.events(Set(listeners.map(\.name))) { received, work in
            for run in Subscription.runs(of: received, for: listeners) {
                for listener in run.listeners { try await listener.handle(run.messages, work) }
            }
        }
        self.init(name, tables: tables, scratch: scratch, source)
    }

    /// Tables that follow from what the service keeps itself.
    public init(
        _ name: String,
        in tables: [ProjectionTable],
        scratch: [String] = [],
        settle: @escaping @Sendable (Work) async throws -> Void = { _ in },
        build: @escaping @Sendable (Work, OriginalTables) async throws -> Void
    ) {
        self.init(name, tables: tables, scratch: scratch, .facts(settle: settle, build: build))
    }

    private init(_ name: String, tables: [ProjectionTable], scratch: [String], _ source: Source) {
        self.name = name
        self.tables = tables
        self.scratch = scratch
        self.source = source
    }

    /// Somebody else is just bringing it up to date: the rebuilding is tried again at once.
    public static func isBeingKept(_ name: String) -> any Error {
        PostgresError(sqlState: "55P03", message: "\(name) is just being brought up to date")
    }

    /// The events that it is built from; none where it is built from what the service keeps.
    public var names: Set<MessageName> {
        switch source {
        case .events(let names, _): names
        case .facts: []
        }
    }

    /// The services whose journals it is built from, besides the service's own.
    public func senders(besides service: String) -> [String] {
        Set(names.map(\.service)).subtracting([service]).sorted()
    }

    func apply(_ received: [Received], _ work: Work) async throws {
        guard case .events(_, let apply) = source else { return }
        try await apply(received, work)
    }
}

/// A table of a projection.
public struct ProjectionTable: Sendable {
    let name: String
    /// The columns that are compared; nil for all but those that are ignored.
    let compared: Set<String>?
    let ignored: Set<String>
    /// Columns that are not compared, and written together with those that are.
    let carried: Set<String>
    /// What tells rows apart, where that is not the primary key.
    let key: [String]?
    /// Whether the rows themselves belong to the projection, and not only some of their columns.
    var hasRows: Bool { compared == nil }

    /// A table whose rows all belong to the projection.
    ///
    /// Columns that are `ignored` hold something of their own: they stay as they are. Those that are `carried` are not
    /// compared either, but written where a row is mended.
    public init(_ name: String, ignoring ignored: Set<String> = [], carrying carried: Set<String> = []) {
        self.name = name
        compared = nil
        self.ignored = ignored.union(carried)
        self.carried = carried
        key = nil
    }

    /// Some columns of a table whose rows are facts.
    public init(_ name: String, only columns: Set<String>, key: [String]? = nil) {
        self.name = name
        compared = columns
        ignored = []
        carried = []
        self.key = key
    }
}

/// The tables themselves, for who builds in the place of them: their plain names mean what is being built.
public struct OriginalTables: Sendable {
    let schema: String
}

extension Subscription {
    /// Messages in their order, each run of those that the same listeners take together.
    static func runs(
        of messages: [Received],
        for listeners: [Subscription]
    ) -> [(listeners: [Subscription], messages: [Received])] {
        let byName = Dictionary(grouping: listeners, by: \.name)
        var runs: [(listeners: [Subscription], messages: [Received])] = []
        for message in messages {
            let found = byName[message.envelope.type] ?? []
            if runs.last?.listeners.map(\.kin) == found.map(\.kin) {
                runs[runs.count - 1].messages.append(message)
            } else {
                runs.append((found, [message]))
            }
        }
        return runs
    }
}
