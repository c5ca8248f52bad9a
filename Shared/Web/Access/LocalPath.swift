/// A path on our own origin: the only thing that a visitor may name as the place to go next.
///
/// Everything else (`https://…`, `//host`, `/\host`, control characters) becomes the fallback: no open redirects.
public struct LocalPath: Sendable, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ raw: String?, fallback: String = "/sales/today") {
        description = raw.flatMap { Self.isLocal($0) ? $0 : nil } ?? fallback
    }

    private static func isLocal(_ path: String) -> Bool {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= 2_000 else { return false }
        let second = path.utf8.dropFirst().first
        guard second != UInt8(ascii: "/"), second != UInt8(ascii: "\\") else { return false }
        return path.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
