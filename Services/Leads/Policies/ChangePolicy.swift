import Contracts
import Failures
import Messaging

/// What somebody wants of a policy: some of its numbers changed, as they saw it.
struct PolicyWish: Codable, Sendable {
    /// The version that they looked at.
    var version: Int
    /// Number by field; those left out stay as they are.
    var values: [String: Double]
    var note: String?
}

/// Makes a new version of a policy; what was decided under an older one stays as it was.
struct ChangePolicy: Sendable {
    /// - Returns: the version that holds now; the one before when nothing is different.
    @discardableResult
    func callAsFunction(_ name: String, _ wish: PolicyWish, _ work: Work) async throws -> Int {
        let policy = try Policies.named(name)
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
        let changes = policy.fields.compactMap { field -> PolicyChanged.Change? in
            guard let before = present.value[field.name], let after = values[field.name], before != after else {
                return nil
            }
            return PolicyChanged.Change(field: field.name, from: before, to: after)
        }
        guard !changes.isEmpty else { return present.version }
        let version = present.version + 1
        let note = wish.note?.cleaned(atMost: 500)
        try await store.add(
            PolicyStore.Entry(
                policy: name,
                version: version,
                values: values,
                changedBy: work.cause.actor,
                changedAt: work.now,
                note: note
            )
        )
        try await work.publish(
            PolicyChanged(policy: name, version: version, changes: changes, note: note),
            about: "policy:\(name)"
        )
        return version
    }
}
