/// Cuts a file of comma-separated values (RFC 4180) into records, a piece at a time, without reading what is in them.
///
/// It looks at bytes: neither UTF-8 nor GB18030 uses a quote, a separator or a line break as a part of a character.
struct CSVRecords: Sendable {
    /// A quote that is never closed must not swallow the rest of the file.
    static let longest = 65_536

    /// One record: a line, or several where line breaks stand within quotes.
    struct Record: Sendable, Equatable {
        /// Without the line break at its end.
        let bytes: [UInt8]
        /// Where the next one begins.
        let end: Int
        /// What is wrong with it as a record.
        var fault: Fault?

        var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
    }

    enum Fault: String, Sendable {
        case quoteNotClosed = "quote-not-closed"
        case tooLong = "row-too-long"
    }

    let separator: UInt8

    /// The record that begins at `start`; nil when it is not all there yet, or nothing is left.
    ///
    /// A record that cannot end where it should ends with its first line, so that those after it are read all the same.
    func next(in bytes: [UInt8], from start: Int, isLast: Bool) -> Record? {
        guard start < bytes.count else { return nil }
        let limit = min(bytes.count, start + Self.longest)
        var isQuoted = false
        var atFieldStart = true
        var index = start
        while index < limit {
            let byte = bytes[index]
            if isQuoted {
                if byte == Self.quote {
                    if index + 1 < bytes.count, bytes[index + 1] == Self.quote { index += 1 } else { isQuoted = false }
                }
            } else if byte == Self.quote && atFieldStart {
                isQuoted = true
                atFieldStart = false
            } else if byte == Self.lineFeed || byte == Self.carriageReturn {
                // Whether a line feed follows is not known yet.
                if byte == Self.carriageReturn, index + 1 == bytes.count, !isLast { return nil }
                return Record(bytes: Array(bytes[start..<index]), end: afterBreak(bytes, index))
            } else {
                atFieldStart = byte == separator
            }
            index += 1
        }
        let isWhole = limit == bytes.count && isLast
        if isWhole && !isQuoted { return Record(bytes: Array(bytes[start...]), end: bytes.count) }
        guard isWhole || limit == start + Self.longest else { return nil }
        return firstLine(in: bytes, from: start, to: limit, isQuoted ? .quoteNotClosed : .tooLong)
    }

    private func firstLine(in bytes: [UInt8], from start: Int, to limit: Int, _ fault: Fault) -> Record {
        let line = bytes[start..<limit].firstIndex { $0 == Self.lineFeed || $0 == Self.carriageReturn }
        let end = line ?? limit
        return Record(bytes: Array(bytes[start..<end]), end: line.map { afterBreak(bytes, $0) } ?? limit, fault: fault)
    }

    private func afterBreak(_ bytes: [UInt8], _ index: Int) -> Int {
        let isPair =
            bytes[index] == Self.carriageReturn && index + 1 < bytes.count && bytes[index + 1] == Self.lineFeed
        return index + (isPair ? 2 : 1)
    }

    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
}

extension CSVRecords {
    /// The cells of a record, without their quotes and without white space around them.
    func cells(of text: String) -> [String] {
        var cells: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var wasQuote = false
        for byte in text.utf8 {
            if isQuoted {
                isQuoted = byte != Self.quote
                wasQuote = !isQuoted
                if isQuoted { cell.append(byte) }
            } else if byte == Self.quote && (wasQuote || cell.isEmpty) {
                // Two quotes within quotes are one.
                if wasQuote { cell.append(byte) }
                isQuoted = true
                wasQuote = false
            } else if byte == separator {
                cells.append(Self.text(cell))
                cell.removeAll(keepingCapacity: true)
                wasQuote = false
            } else {
                cell.append(byte)
                wasQuote = false
            }
        }
        return cells + [Self.text(cell)]
    }

    private static func text(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self).withoutNUL.trimmed
        // What an export has put before a formula, so that no spreadsheet runs it.
        let isMarked = text.hasPrefix("'") && text.dropFirst().first.map { "=+-@".contains($0) } ?? false
        return isMarked ? String(text.dropFirst()) : text
    }

    /// The separator that a header is most likely written with.
    static func separator(of header: [UInt8]) -> UInt8 {
        let choices = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        return choices.max { left, right in
            header.count { $0 == left } < header.count { $0 == right }
        } ?? choices[0]
    }
}
