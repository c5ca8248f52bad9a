public import Contracts
import Failures
public import Messaging

/// What somebody wants of a policy: some of its numbers changed, as they saw it.
public struct PolicyWish: Codable, Sendable {
    /// The version that they looked at.
    var version: Int
    /// Number by field; those left out stay as they are.
    var values: [String: Double]
    var note: String?

    public init(version: Int, values: [String: Double], note: String? = nil) {
        self.version = version
        self.values = values
        self.note = note
    }
}

/// What a service's journal says when one of its policies was changed.
public protocol PolicyEvent: Contract {
    init(policy: String, version: Int, changes: [PolicyChange], note: String?)
}

extension PolicyChanged: PolicyEvent {}
extension SendingPolicyChanged: PolicyEvent {}

/// Makes a new version of a policy; what was decided under an older one stays as it was.
public struct ChangePolicy<Event: PolicyEvent>: Sendable {
    let catalogue: PolicyCatalogue
    /// What follows at once, in the same transaction, from a policy of that name being another.
    private let consequence: @Sendable (String, Work) async throws -> Void

    public init(
        _ catalogue: PolicyCatalogue,
        consequence: @escaping @Sendable (String, Work) async throws -> Void = { _, _ in }
    ) {
        self.catalogue = catalogue
        self.consequence = consequence
    }

    /// - Returns: the version that holds now; the one before when nothing is different.
    @discardableResult
    public func callAsFunction(_ name: String, _ wish: PolicyWish, _ work: Work) async throws -> Int {
        let policy = try catalogue.named(name)
        let store = PolicyStore(work.tx)
        try await store.lock()
        let present = try await store.all().current(policy)
        guard wish.version == present.version else {
            throw Rejection(
                .conflict,
                "policy-changed",
                "Somebody has changed \(name) meanwhile: version \(present.version) holds now.",
                field: "version"
            )
        }
        let values = try policy.values(present.value, with: wish.values)
        let changes = policy.changes(from: present.value, to: values)
        guard !changes.isEmpty else { return present.version }
        let entry = PolicyStore.Entry(
            policy: name,
            version: present.version + 1,
            values: values,
            changedBy: work.cause.actor,
            changedAt: work.now,
            note: wish.shortNote
        )
        try await store.add(entry)
        try await work.publish(
            Event(policy: name, version: entry.version, changes: changes, note: entry.note),
            about: "policy:\(name)"
        )
        try await consequence(name, work)
        return entry.version
    }
}

extension PolicyDescription {
    fileprivate func changes(from before: [String: Double], to after: [String: Double]) -> [PolicyChange] {
        fields.compactMap { field in
            guard let old = before[field.name], let new = after[field.name], old != new else { return nil }
            return PolicyChange(field: field.name, from: old, to: new)
        }
    }
}

extension PolicyWish {
    /// The note without white space at its ends, at most 500 characters; nil when nothing is left.
    fileprivate var shortNote: String? {
        guard let text = note?.drop(while: \.isWhitespace), let end = text.lastIndex(where: { !$0.isWhitespace }) else {
            return nil
        }
        return String(text[...end].prefix(500))
    }
}
