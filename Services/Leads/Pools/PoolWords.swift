import Web

/// Pools in the viewer's words.
enum PoolWords {
    /// A delivered pool by its glossary name, another as it was called.
    static func title(_ pool: Pool, _ viewer: Viewer) -> String {
        pool.title == pool.name ? viewer.word("pool", pool.name) : pool.title
    }
}
