import Contracts
import Failures
import Messaging

/// Adds a pool, or changes whose it is, what comes there and how much may be claimed from it.
struct ChangePool: Sendable {
    /// Saves a pool as somebody wishes it; a new one is refused where there is one of its name already.
    /// - Returns: the pool as it is now.
    /// - Throws: a ``Rejection`` that names the field at fault.
    @discardableResult
    func callAsFunction(_ wish: Pool, isNew: Bool = false, _ work: Work) async throws -> Pool {
        var pool = wish
        if pool.limits?.own.isEmpty == true { pool.limits = nil }
        try check(pool)
        let pools = try await PoolStore(work.tx).all()
        let present = pools.first { $0.name == pool.name }
        if let present, isNew {
            throw Rejection.invalid("name", "pool-name-taken", "There is a pool \(present.name) already.")
        }
        let others = pools.filter { $0.name != pool.name && $0.takesRecycled && $0.teamID == pool.teamID }
        if pool.takesRecycled, let other = others.first {
            throw Rejection.invalid(
                "takesRecycled",
                "pool-recycles-already",
                "\(other.name) takes the recycled leads of the same team already."
            )
        }
        pool.version = present?.version
        guard pool != present else { return pool }
        pool.version = try await PoolQueryStore(work.tx).save(pool)
        try await work.publish(
            PoolChanged(
                pool: pool.name,
                title: pool.title,
                teamID: pool.teamID,
                givesOut: pool.givesOut,
                takesRecycled: pool.takesRecycled,
                limits: pool.limits,
                version: pool.version
            ),
            about: "pool:\(pool.name)"
        )
        return pool
    }

    private func check(_ pool: Pool) throws {
        guard pool.name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,62}/) != nil else {
            throw Rejection.invalid(
                "name",
                "pool-name",
                "A pool's name is of a to z, 0 to 9 and dashes, 63 characters at most."
            )
        }
        guard (1...80).contains(pool.title.count) else {
            throw Rejection.invalid("title", "pool-title", "A pool has a title of 1 to 80 characters.")
        }
        guard !(pool.givesOut && pool.takesRecycled) else {
            throw Rejection.invalid(
                "takesRecycled",
                "pool-recycles",
                "What was recycled would come back at once: such a pool does not give out."
            )
        }
        try pool.limits?.check()
    }
}
