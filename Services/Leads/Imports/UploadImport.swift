import Contracts
import Failures
import Foundation
import Messaging

/// Takes a file in, piece by piece: neither the file nor much of it is ever in memory.
struct UploadImport: Sendable {
    static let channel = "csv"

    let spine: Spine

    /// A file has `most` bytes at most; `next` gives what follows of it, and nil at its end.
    ///
    /// - Throws: a ``Rejection`` when it is too large or no file of comma-separated values; nothing of it is kept then.
    func callAsFunction(
        _ name: String,
        atMost most: Int,
        _ cause: Cause,
        by staff: StaffID,
        next: () async throws -> [UInt8]?
    ) async throws -> Import {
        let now = spine.clock.now
        let empty = Import(
            id: .v7(at: now),
            name: name.cleaned(atMost: 200) ?? "leads.csv",
            status: .uploading,
            channel: Self.channel,
            createdBy: staff,
            createdAt: now,
            orderedBy: staff,
            changedAt: now
        )
        try await spine.perform(cause) { try await ImportStore($0.tx).insert(empty) }
        do {
            let stored = try await store(empty, atMost: most, cause, next)
            return try await spine.perform(cause) { try await open(stored, $0) }
        } catch {
            // What is left over if this fails too goes with the next clearing.
            try? await spine.perform(cause) { try await ImportStore($0.tx).forget(empty.id) }
            throw error
        }
    }

    private func store(
        _ empty: Import,
        atMost most: Int,
        _ cause: Cause,
        _ next: () async throws -> [UInt8]?
    ) async throws -> Import {
        var file = empty
        var digest = RunningDigest()
        var waiting: [UInt8] = []
        var number: Int64 = 0
        func put(_ bytes: [UInt8]) async throws {
            let place = number
            try await spine.perform(cause) { try await ImportFileStore($0.tx).add(bytes, place, of: empty.id) }
            number += 1
        }
        while let piece = try await next() {
            digest.add(piece)
            file.size += Int64(piece.count)
            guard file.size <= Int64(most) else {
                throw Rejection.invalid("file", "file-too-large", "A file has at most \(most / 1_048_576) MiB.")
            }
            waiting += piece
            while waiting.count >= ImportFileStore.pieceSize {
                try await put(Array(waiting.prefix(ImportFileStore.pieceSize)))
                waiting.removeFirst(ImportFileStore.pieceSize)
            }
        }
        if !waiting.isEmpty { try await put(waiting) }
        file.digest = digest.text
        return file
    }

    /// Looks at its beginning and guesses what its columns say, as they were read the last time.
    private func open(_ stored: Import, _ work: Work) async throws -> Import {
        let bytes = try await ImportFileStore(work.tx).bytes(of: stored.id, from: 0)
        let head = try FileHead(bytes, isWhole: stored.size <= Int64(bytes.count))
        var file = stored.taking(head).moved(to: .mapping, now: work.now)
        let store = ImportStore(work.tx)
        let known = try await store.columns(for: file.headerDigest)
        file.columns = known?.count == head.header.count ? known ?? [] : ImportColumn.guess(head.header)
        try await store.save(file)
        return file
    }
}
