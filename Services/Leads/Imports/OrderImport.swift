import Contracts
import Failures
import Foundation
import Messaging

/// What people do with a file that they have uploaded: say what its columns are, and order what is to be done.
struct OrderImport: Sendable {
    /// Says how the file is to be read.
    func map(_ id: UUID, _ wish: ImportWish, _ work: Work) async throws -> Import {
        let store = ImportStore(work.tx)
        var file = try await store.locked(id)
        guard [.mapping, .checked].contains(file.status) else {
            throw Rejection(.conflict, "import-\(file.status.rawValue)", "The import is \(file.status.rawValue).")
        }
        guard try await ChannelStore(work.tx).all()[wish.channel]?.isActive == true else {
            throw Rejection.invalid("channel", "unknown-channel", "There is no such channel.")
        }
        if wish.encoding != file.encoding { file = try await read(file, as: wish.encoding, work) }
        guard wish.columns.count == file.header.count else {
            throw Rejection.invalid("columns", "columns-wrong", "Say for each of the file's columns what it is.")
        }
        file.columns = wish.columns
        file.channel = wish.channel
        file.campaign = wish.campaign?.cleaned(atMost: 100)
        try file.mapping.check()
        try await store.remember(file.columns, for: file.headerDigest, now: work.now)
        try await store.save(file.moved(to: .mapping, now: work.now))
        return file
    }

    /// - Throws: a ``Rejection`` when the order makes no sense now.
    func callAsFunction(_ id: UUID, _ order: Import.Order, by staff: StaffID, _ work: Work) async throws -> Import {
        let store = ImportStore(work.tx)
        let file = try await store.locked(id)
        let next = try file.ordered(order, by: staff, now: work.now)
        guard next != file else { return file }
        let rows = ImportRowStore(work.tx)
        if order == .check { try await rows.clear(id) }
        if next.status == .mapping { try await rows.clearMarks(id) }
        try await store.save(next)
        if next.status == .cancelled { try await work.publish(ImportEnded(next, .cancelled), about: id.wire) }
        return next
    }

    /// The same file in another encoding: its header reads differently.
    private func read(_ file: Import, as encoding: FileEncoding, _ work: Work) async throws -> Import {
        let bytes = try await ImportFileStore(work.tx).bytes(of: file.id, from: 0)
        let head = try FileHead(bytes, isWhole: file.size <= bytes.count, as: encoding)
        return file.taking(head)
    }
}

/// How somebody wants a file to be read.
struct ImportWish: Sendable {
    let columns: [ImportColumn]
    let encoding: FileEncoding
    let channel: String
    let campaign: String?
}

extension Import {
    func taking(_ head: FileHead) -> Import {
        var file = self
        file.encoding = head.encoding
        file.separator = String(UnicodeScalar(head.separator))
        file.header = head.header
        file.start = Int64(head.start)
        return file
    }
}
