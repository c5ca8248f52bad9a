import Postgres

/// Counts deals and units for the metrics.
struct SalesCountStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Deals that are neither won nor lost, by stage.
    func openDeals() async throws -> [String: Int] {
        let counts = try await tx.all(
            "SELECT stage, count(*) AS deals FROM deals WHERE stage NOT IN ('won', 'lost') GROUP BY stage"
        ) { (try $0["stage"] as String, try $0["deals"] as Int) }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    /// Units, by state.
    func units() async throws -> [String: Int] {
        let counts = try await tx.all("SELECT state, count(*) AS units FROM units GROUP BY state") {
            (try $0["state"] as String, try $0["units"] as Int)
        }
        return Dictionary(uniqueKeysWithValues: counts)
    }
}
