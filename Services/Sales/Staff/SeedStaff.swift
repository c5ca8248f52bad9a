import Contracts
import Messaging

/// Writes the staff that an installation begins with.
///
/// Doing it again changes nothing and tells nobody.
struct SeedStaff: Sendable {
    let spine: Spine
    let hasher: PasswordHasher

    func callAsFunction(_ seed: StaffSeed) async throws {
        let hashes = try await hashesOfNewcomers(seed)
        try await spine.perform(Cause(actor: "system")) { work in
            let store = StaffStore(work.tx)
            try await store.lockForSeeding()
            let before = Dictionary(try await store.everybody().map { ($0.id, $0) }) { first, _ in first }
            for team in seed.teams { try await store.upsert(team) }
            for person in seed.staff {
                let hash = hashes[person.address]
                try await store.upsert(person, of: seed.team(of: person), hash: hash, at: work.now)
            }
            try await store.appointManagers()
            let changed = try await store.everybody().filter { before[$0.id] != $0 }
            try await work.publish(changed.map { Draft($0.changed, about: $0.id, cause: work.cause) })
        }
    }

    /// Hashing is slow on purpose, so it is done before the transaction, and only for those who are not there yet.
    private func hashesOfNewcomers(_ seed: StaffSeed) async throws -> [String: PasswordHash] {
        let known = try await spine.read { try await StaffStore($0).known(seed.staff.map(\.address)) }
        var hashes: [String: PasswordHash] = [:]
        for person in seed.staff where !known.contains(person.address) {
            hashes[person.address] = try await hasher.hash(person.password)
        }
        return hashes
    }
}
