import Contracts
import Failures
import Messaging

/// Adds a pool, or changes whose it is and what comes there.
struct ChangePool: Sendable {
    func callAsFunction(_ pool: Pool, _ work: Work) async throws {
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
        let others = try await PoolStore(work.tx).all().filter { $0.name != pool.name }
        if pool.takesRecycled, let other = others.first(where: { $0.takesRecycled && $0.teamID == pool.teamID }) {
            throw Rejection.invalid(
                "takesRecycled",
                "pool-recycles-already",
                "\(other.name) takes the recycled leads of the same team already."
            )
        }
        try await PoolQueryStore(work.tx).save(pool)
        try await work.publish(
            PoolChanged(
                pool: pool.name,
                title: pool.title,
                teamID: pool.teamID,
                givesOut: pool.givesOut,
                takesRecycled: pool.takesRecycled
            ),
            about: "pool:\(pool.name)"
        )
    }
}
