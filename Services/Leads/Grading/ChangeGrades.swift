import Contracts
import Failures
import Messaging

/// A table that somebody wants instead of the one that they saw.
struct GradeWish: Codable, Sendable {
    /// The version that they looked at.
    var version: Int
    var rules: [GradeRule]
    var note: String?
}

/// Makes a new version of the table of grades; a lead keeps its grade until something new is known of it.
struct ChangeGrades: Sendable {
    /// - Returns: the table that holds now; the one before when nothing is different.
    @discardableResult
    func callAsFunction(_ wish: GradeWish, _ work: Work) async throws -> GradeTable {
        let store = GradeStore(work.tx)
        try await store.lock()
        let present = try await store.table()
        guard wish.version == present.version else {
            throw Rejection(
                .conflict,
                "grades-changed",
                "Somebody has changed the rules meanwhile: version \(present.version) holds now.",
                field: "version"
            )
        }
        if let objection = GradeTable.objection(to: wish.rules) { throw objection }
        guard wish.rules != present.rules else { return present }
        let table = GradeTable(version: present.version + 1, rules: wish.rules)
        let note = wish.note?.cleaned(atMost: 500)
        try await store.add(
            GradeStore.Edition(table: table, changedBy: work.cause.actor, changedAt: work.now, note: note)
        )
        try await work.publish(
            PolicyChanged(policy: "grade.table", version: table.version, changes: [], note: note),
            about: "policy:grade.table"
        )
        return table
    }
}
