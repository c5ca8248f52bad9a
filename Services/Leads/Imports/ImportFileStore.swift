import Foundation
import Messaging
import Postgres

/// The SQL of uploaded files, which are kept in pieces.
struct ImportFileStore: Sendable {
    /// So many bytes, all but the last: a place in the file says which piece it is in.
    static let pieceSize = 262_144

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    func add(_ bytes: [UInt8], _ number: Int64, of file: UUID) async throws {
        try await tx.execute(
            "INSERT INTO import_pieces (import_id, number, bytes) VALUES (\(file), \(number), \(Bytes(bytes)))"
        )
    }

    /// What follows a place in the file: the rest of its piece and the next one, so more than any record is long.
    func bytes(of file: UUID, from position: Int64) async throws -> [UInt8] {
        let first = position / Int64(Self.pieceSize)
        let pieces: [Bytes] = try await tx.all(
            """
            SELECT bytes FROM import_pieces
             WHERE import_id = \(file) AND number BETWEEN \(first) AND \(first + 1) ORDER BY number
            """
        ) { try $0["bytes"] }
        let skipped = Int(position % Int64(Self.pieceSize))
        guard let head = pieces.first?.bytes, head.count >= skipped else { return [] }
        return Array(head[skipped...]) + (pieces.count > 1 ? pieces[1].bytes : [])
    }

    /// Removes a file; what became of its rows stays known.
    func remove(_ file: UUID) async throws {
        try tx.later("DELETE FROM import_pieces WHERE import_id = \(file)")
    }

    /// Removes the files of imports that ended before a time.
    func removeOld(endedBefore time: Date) async throws {
        try tx.later(
            """
            DELETE FROM import_pieces p USING imports i
             WHERE i.id = p.import_id AND i.status IN ('done', 'cancelled', 'undone') AND i.changed_at < \(time)
            """
        )
    }
}
