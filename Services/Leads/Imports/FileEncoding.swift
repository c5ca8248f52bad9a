import Foundation

/// How the characters of an uploaded file are written.
enum FileEncoding: String, Sendable, CaseIterable {
    case utf8 = "utf-8"
    /// What Chinese spreadsheets write; GBK and GB2312 are parts of it.
    case gb18030

    /// The text, or nil when the bytes are none in this encoding.
    func text(_ bytes: [UInt8]) -> String? {
        switch self {
        case .utf8: String(validating: bytes, as: UTF8.self)
        case .gb18030: String(bytes: bytes, encoding: Self.chinese)
        }
    }

    /// How many bytes at the beginning of a file only say how it is written.
    func mark(of bytes: some Collection<UInt8>) -> Int {
        let mark: [UInt8] = self == .utf8 ? [0xEF, 0xBB, 0xBF] : [0x84, 0x31, 0x95, 0x33]
        return bytes.starts(with: mark) ? mark.count : 0
    }

    /// The encoding of most of these lines.
    ///
    /// Chinese text in GB18030 is hardly ever valid UTF-8, while UTF-8 often passes for GB18030.
    static func guess(_ lines: [[UInt8]]) -> FileEncoding {
        let telling = lines.filter { line in line.contains { $0 >= 0x80 } }
        let readable = telling.count { FileEncoding.utf8.text($0) != nil }
        return readable * 2 >= telling.count ? .utf8 : .gb18030
    }

    private static let chinese = String.Encoding(rawValue: 0x8000_0632)
}
