import Failures
import HTTPTypes
public import Hummingbird
import NIOCore

/// The file of a form (`multipart/form-data`, RFC 7578), a piece at a time: however large it is, it is never in memory.
///
/// Its form carries its token in the address (`?_csrf=`), since nobody wants to hold the body to find it there.
public struct Upload {
    /// What the browser says that the file is called.
    public let name: String
    private var body: RequestBody.AsyncIterator
    private var parser: MultipartParser

    /// Reads up to where the file begins.
    /// - Throws: a ``Rejection`` when the form has no file.
    public init(_ request: Request) async throws {
        guard let boundary = MultipartParser.boundary(of: request.headers[.contentType] ?? "") else {
            throw HTTPError(.unsupportedMediaType, message: "Send multipart/form-data.")
        }
        var parser = MultipartParser(boundary: boundary)
        var body = request.body.makeAsyncIterator()
        while parser.fileName == nil {
            guard let buffer = try await body.next(), !parser.isOver else { throw Self.noFile }
            try parser.feed(Array(buffer.readableBytesView))
        }
        name = parser.fileName ?? ""
        self.body = body
        self.parser = parser
        if name.isEmpty { throw Self.noFile }
    }

    /// What follows of the file; nil at its end.
    /// - Throws: a ``Rejection`` when the form ends in the middle of it.
    public mutating func next() async throws -> [UInt8]? {
        while true {
            let piece = parser.takeFile()
            if !piece.isEmpty { return piece }
            if parser.isOver { return nil }
            guard let buffer = try await body.next() else {
                throw Rejection.invalid("file", "file-cut-off", "The file did not arrive whole. Upload it again.")
            }
            try parser.feed(Array(buffer.readableBytesView))
        }
    }

    private static let noFile = Rejection.invalid("file", "no-file", "Choose a file.")
}

/// Takes a multipart form apart as it arrives; of its parts only the first file is kept.
struct MultipartParser {
    private enum Place {
        case before
        case head
        case field
        case file
        case over
    }

    private static let longestHead = 8_192

    private let mark: [UInt8]
    /// As if a line had ended before it, so that the first boundary is like the others.
    private var waiting: [UInt8] = [0x0D, 0x0A]
    private var file: [UInt8] = []
    private var place = Place.before
    private(set) var fileName: String?

    init(boundary: String) { mark = Array("\r\n--\(boundary)".utf8) }

    var isOver: Bool { place == .over }

    /// What of the file has arrived and was not taken yet.
    mutating func takeFile() -> [UInt8] {
        defer { file = [] }
        return file
    }

    mutating func feed(_ bytes: [UInt8]) throws {
        waiting += bytes
        while try step() {}
    }

    /// - Returns: whether there may be more to do with what has arrived.
    private mutating func step() throws -> Bool {
        switch place {
        case .over:
            waiting = []
            return false
        case .head:
            guard let end = Self.find(Array("\r\n\r\n".utf8), in: waiting) else {
                guard waiting.count <= Self.longestHead else { throw Self.malformed }
                return false
            }
            try begin(String(decoding: waiting[..<end], as: UTF8.self))
            waiting.removeFirst(end + 4)
            return true
        case .before, .field, .file:
            return try pass()
        }
    }

    /// What the part after its head is.
    private mutating func begin(_ head: String) throws {
        if head.hasPrefix("--") {
            place = .over
        } else if fileName == nil, let name = Self.fileName(in: head) {
            fileName = name
            place = .file
        } else {
            place = .field
        }
    }

    /// Goes on to the next boundary; what may be the beginning of one waits for more.
    private mutating func pass() throws -> Bool {
        let found = Self.find(mark, in: waiting)
        let end = found ?? max(0, waiting.count - mark.count)
        if place == .file { file += waiting[..<end] }
        waiting.removeFirst(end)
        guard found != nil else { return false }
        guard waiting.count >= mark.count + 2 else {
            // Whether it was the last one is not there yet.
            return false
        }
        let isLast = waiting[mark.count] == 0x2D && waiting[mark.count + 1] == 0x2D
        waiting.removeFirst(mark.count)
        let wasFile = place == .file
        place = isLast || wasFile ? .over : .head
        return true
    }

    static func boundary(of type: String) -> String? {
        guard type.lowercased().hasPrefix("multipart/form-data"), let at = type.firstRange(of: "boundary=") else {
            return nil
        }
        let value = type[at.upperBound...].prefix { $0 != ";" }.filter { $0 != "\"" }.trimmed
        return (1...70).contains(value.utf8.count) ? value : nil
    }

    private static func fileName(in head: String) -> String? {
        guard let at = head.firstRange(of: "filename=\"") else { return nil }
        let name = head[at.upperBound...].prefix { $0 != "\"" && $0 != "\r" }
        return name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
    }

    private static func find(_ mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= mark.count else { return nil }
        return bytes.withUnsafeBufferPointer { all in
            var from = 0
            let last = all.count - mark.count
            while from <= last, let at = all[from...last].firstIndex(of: mark[0]) {
                if all[at..<(at + mark.count)].elementsEqual(mark) { return at }
                from = at + 1
            }
            return nil
        }
    }

    private static let malformed = Rejection(.invalid, "form-malformed", "The form could not be read.")
}
