import Contracts
import Failures
import Foundation
import Messaging

/// The next rows of a file, made into submissions.
struct ImportBatch: Sendable {
    /// A row: its number, and what it hands to the intake.
    struct Item: Sendable {
        let number: Int64
        let submission: ParsedSubmission
    }

    private(set) var items: [Item] = []
    /// Where the next batch begins.
    private(set) var position: Int64
    /// The number of the last row that was read.
    private(set) var row: Int64
    /// The file ends here.
    let isLast: Bool

    /// Reads at most `limit` rows of what follows `file.position`; blank ones are passed over.
    init(of file: Import, _ bytes: [UInt8], limit: Int, now: Date) {
        let records = file.records
        let endsFile = file.position + Int64(bytes.count) >= file.size
        var place = 0
        var row = file.row
        var items: [Item] = []
        while items.count < limit, let record = records.next(in: bytes, from: place, isLast: endsFile) {
            place = record.end
            row += 1
            guard !record.isBlank else { continue }
            let reader = ImportRowReader(file: file, row: row)
            items.append(Item(number: row, submission: reader.read(record, now: now)))
        }
        self.items = items
        self.row = row
        position = file.position + Int64(place)
        // A file that was taken away meanwhile ends as well.
        isLast = place >= bytes.count && endsFile || bytes.isEmpty
    }
}

/// Makes a submission of one row.
private struct ImportRowReader {
    let file: Import
    let row: Int64

    func read(_ record: CSVRecords.Record, now: Date) -> ParsedSubmission {
        if record.isErased {
            let rejection = Rejection.invalid("row", "erased", "The person of this row was forgotten on request.")
            return refused(record, Digest.of(Array("erased/\(row)".utf8)), rejection)
        }
        // Of the row's own bytes: the same row takes effect once, however often the import begins anew.
        let digest = Digest.of(record.bytes)
        do {
            let body = Array(try Wire.encoder.encode(try submission(record)))
            return ParsedSubmission(received(body, digest), now: now)
        } catch let rejection as Rejection {
            return refused(record, digest, rejection)
        } catch {
            let rejection = Rejection.invalid("row", "unreadable-row", "The row cannot be read.")
            return refused(record, digest, rejection)
        }
    }

    private func refused(_ record: CSVRecords.Record, _ digest: String, _ rejection: Rejection) -> ParsedSubmission {
        ParsedSubmission(
            received(record.bytes, digest),
            channel: file.channel,
            externalID: nil,
            reading: .failure(rejection)
        )
    }

    private func submission(_ record: CSVRecords.Record) throws -> SubmitLead {
        if let fault = record.fault {
            throw Rejection.invalid("row", fault.rawValue, "Row \(row) has no end: \(fault.rawValue).")
        }
        guard let text = file.encoding.text(record.bytes) else {
            let name = file.encoding.rawValue
            throw Rejection.invalid("row", "not-\(name)", "Row \(row) is not written in \(name.uppercased()).")
        }
        return try file.mapping.submission(file.records.cells(of: text))
    }

    private func received(_ body: [UInt8], _ digest: String) -> ReceivedSubmission {
        ReceivedSubmission(
            transport: .import,
            routedChannel: file.channel,
            messageID: "import/\(file.id.wire)/\(digest.prefix(32))",
            contentType: "application/json",
            body: body,
            digest: Digest.of(body),
            actor: "staff:\(file.orderedBy)"
        )
    }
}
