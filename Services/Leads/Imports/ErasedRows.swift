import Foundation
import Messaging

/// Rows of a file about somebody who was forgotten: their bytes are overwritten where they stand, so that every other row
/// stays where it is.
struct ErasedRows: Sendable {
    /// A character that nobody writes (DEL), and that ends neither a cell nor a row.
    static let filler: UInt8 = 0x7F

    private let redaction: Redaction
    /// What a row about them has to hold: the end of a number, or an address, in small letters.
    private let signs: [[UInt8]]

    init(_ forgotten: Forgotten) {
        redaction = Redaction(forgotten)
        signs = forgotten.contacts.map { contact in
            let digits = contact.utf8.filter(Self.isDigit)
            return digits.count >= 8 ? Array(digits.suffix(10)) : Array(contact.utf8)
        }
    }

    /// Where the rows are that hold a number or an address of theirs, and where the next rows begin.
    func places(in bytes: [UInt8], of file: Import, isLast: Bool) -> (found: [Range<Int>], end: Int) {
        let records = file.records
        var found: [Range<Int>] = []
        var place = 0
        while let record = records.next(in: bytes, from: place, isLast: isLast) {
            if isTheirs(record, in: file) { found.append(place..<(place + record.bytes.count)) }
            place = record.end
        }
        return (found, place)
    }

    private func isTheirs(_ record: CSVRecords.Record, in file: Import) -> Bool {
        guard mayBeTheirs(record.bytes) else { return false }
        // Cell by cell: digits of two cells together are nobody's number.
        let text = file.encoding.text(record.bytes) ?? String(decoding: record.bytes, as: UTF8.self)
        return file.records.cells(of: text).contains(where: redaction.betrays)
    }

    /// A quick look, since hardly any row is.
    private func mayBeTheirs(_ bytes: [UInt8]) -> Bool {
        let digits = bytes.filter(Self.isDigit)
        let small = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        return signs.contains { $0.allSatisfy(Self.isDigit) && digits.holds($0) || small.holds($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}

extension CSVRecords.Record {
    /// Whoever it was about was forgotten.
    var isErased: Bool { !bytes.isEmpty && bytes.allSatisfy { $0 == ErasedRows.filler } }
}

extension [UInt8] {
    fileprivate func holds(_ sign: [UInt8]) -> Bool {
        guard let head = sign.first, count >= sign.count else { return false }
        return (0...(count - sign.count)).contains {
            self[$0] == head && self[$0..<($0 + sign.count)].elementsEqual(sign)
        }
    }
}
