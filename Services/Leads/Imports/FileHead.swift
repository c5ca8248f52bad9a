import Failures

/// What the beginning of an uploaded file shows: how it is written, what separates its cells, and its header.
struct FileHead: Sendable, Equatable {
    let encoding: FileEncoding
    let separator: UInt8
    let header: [String]
    /// Where the first row begins.
    let start: Int

    private static let mostColumns = 200

    /// - Throws: a ``Rejection`` when it is no such file, naming what it is instead.
    init(_ bytes: [UInt8], isWhole: Bool, as wanted: FileEncoding? = nil) throws {
        try Self.refuseOthers(bytes)
        let lines = bytes.split { $0 == 0x0A || $0 == 0x0D }.map(Array.init)
        // The last line may be cut off in the middle of a character.
        encoding = wanted ?? FileEncoding.guess(isWhole ? lines : Array(lines.dropLast()))
        separator = CSVRecords.separator(of: lines.first ?? [])
        let records = CSVRecords(separator: separator)
        var position = encoding.mark(of: bytes)
        while let record = records.next(in: bytes, from: position, isLast: isWhole), record.isBlank {
            position = record.end
        }
        guard let record = records.next(in: bytes, from: position, isLast: isWhole), record.fault == nil else {
            throw Rejection.invalid("file", "no-header", "The file begins with no line that could be its header.")
        }
        guard let text = encoding.text(record.bytes) else {
            throw Rejection.invalid("file", "not-\(encoding.rawValue)", "The header is not written in \(encoding).")
        }
        header = records.cells(of: text)
        start = record.end
        guard header.contains(where: { !$0.isEmpty }), header.count <= Self.mostColumns else {
            throw Rejection.invalid("file", "no-header", "The header names from 1 to \(Self.mostColumns) columns.")
        }
    }

    private static func refuseOthers(_ bytes: [UInt8]) throws {
        if bytes.starts(with: Array("PK".utf8)) || bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
            throw Rejection.invalid("file", "not-csv", "This is a workbook. Save it as CSV UTF-8 and upload that.")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw Rejection.invalid("file", "utf-16", "The file is written in UTF-16. Save it as CSV UTF-8.")
        }
        guard !bytes.isEmpty else { throw Rejection.invalid("file", "empty-file", "The file is empty.") }
    }
}
