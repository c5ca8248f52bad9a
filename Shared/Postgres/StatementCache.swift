/// Which statements a connection has prepared, by their text and parameter types; the least used one makes room.
///
/// A statement is prepared when it comes the second time: one that is sent only once would pay an extra message.
struct StatementCache {
    /// How a statement is to be sent.
    enum Plan {
        case unprepared
        case prepareFirst(name: String)
        case prepared(name: String)
    }

    private struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    private struct Entry {
        var name: String?
        var lastUse: UInt64
    }

    private let capacity: Int
    private var entries: [Key: Entry] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int = 256) { self.capacity = capacity }

    /// Says how to send `statement`, on the assumption that this will succeed (else call ``forget(_:)``).
    mutating func plan(_ statement: Statement) -> Plan {
        guard statement.isCached else { return .unprepared }
        uses += 1
        let key = Key(text: statement.text, types: statement.types)
        guard let entry = entries[key] else {
            entries[key] = Entry(name: nil, lastUse: uses)
            return .unprepared
        }
        entries[key]?.lastUse = uses
        if let name = entry.name { return .prepared(name: name) }
        let name = "s\(uses)"
        entries[key]?.name = name
        return .prepareFirst(name: name)
    }

    mutating func forget(_ statement: Statement) {
        entries[Key(text: statement.text, types: statement.types)] = nil
    }

    mutating func forgetAll() { entries.removeAll() }

    /// Takes out the entries beyond the capacity and returns the names that the server may deallocate.
    mutating func evict() -> [String] {
        guard entries.count > capacity else { return [] }
        // Down to three quarters at once, so that sorting is rare.
        let oldest = entries.sorted { $0.value.lastUse < $1.value.lastUse }.prefix(entries.count - capacity * 3 / 4)
        for (key, _) in oldest { entries[key] = nil }
        return oldest.compactMap(\.value.name)
    }
}
