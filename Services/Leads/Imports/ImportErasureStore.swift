import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that takes a person out of the files that are kept.
struct ImportErasureStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Waits until nobody is in the middle of a file, and keeps the others waiting until the transaction ends.
    ///
    /// Before any person is locked, as whoever imports does.
    func lockFiles() async throws {
        _ = try await tx.all(
            "SELECT id FROM imports WHERE status NOT IN ('done', 'cancelled', 'undone') ORDER BY id FOR UPDATE"
        ) { try $0["id"] as UUID }
    }

    /// Files that brought their leads, once they are not needed any more; what became of each row stays.
    func dropFiles(of leads: [LeadID]) throws {
        try tx.later(
            """
            DELETE FROM import_pieces WHERE import_id IN (
                SELECT r.import_id FROM import_rows r JOIN imports i ON i.id = r.import_id
                 WHERE r.lead_id = ANY(\(leads.map(\.uuid))::uuid[]) AND i.status IN ('done', 'cancelled', 'undone'))
            """
        )
    }

    /// Overwrites the rows about them in every other file, whatever is still to be done with it.
    func overwriteRows(of forgotten: Forgotten) async throws {
        let rows = ErasedRows(forgotten)
        for id in try await kept() {
            guard let file = try await ImportStore(tx).find(id) else { continue }
            try await overwrite(rows, in: file)
        }
    }

    /// Files that are there; of one that is still coming in nothing is known yet, and it is later than the request.
    private func kept() async throws -> [UUID] {
        try await tx.all(
            """
            SELECT id FROM imports i WHERE status <> 'uploading'
               AND EXISTS (SELECT FROM import_pieces p WHERE p.import_id = i.id) ORDER BY id
            """
        ) { try $0["id"] }
    }

    private func overwrite(_ rows: ErasedRows, in file: Import) async throws {
        let store = ImportFileStore(tx)
        var position = file.start
        while position < file.size {
            let bytes = try await store.bytes(of: file.id, from: position)
            let isLast = position + Int64(bytes.count) >= file.size
            let (found, end) = rows.places(in: bytes, of: file, isLast: isLast)
            for place in found { try overwrite(place, after: position, of: file.id) }
            guard end > 0 else { return }
            position += Int64(end)
        }
    }

    /// A row may begin in one piece and end in the next.
    private func overwrite(_ place: Range<Int>, after position: Int64, of file: UUID) throws {
        let size = Int64(ImportFileStore.pieceSize)
        var from = position + Int64(place.lowerBound)
        let to = position + Int64(place.upperBound)
        while from < to {
            let end = min(to, (from / size + 1) * size)
            let filler = Bytes([UInt8](repeating: ErasedRows.filler, count: Int(end - from)))
            try tx.later(
                """
                UPDATE import_pieces SET bytes = overlay(bytes PLACING \(filler) FROM \(from % size + 1)::integer)
                 WHERE import_id = \(file) AND number = \(from / size)
                """
            )
            from = end
        }
    }
}
