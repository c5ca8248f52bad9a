import Contracts
import Failures
public import Foundation
import HTTPTypes
public import Hummingbird

/// The place in a list after which the next page begins: the sort keys of the last row, opaque to clients.
public struct Cursor: Sendable, Equatable {
    public let parts: [String]

    public init(_ parts: String...) {
        self.parts = parts
    }

    /// The usual order: by time, then by id.
    public init(_ time: Date, _ id: UUID) {
        parts = [Wire.text(of: time), id.uuidString.lowercased()]
    }

    /// By a number, which some do not have, then by time and id.
    public init(_ number: Int?, _ time: Date, _ id: UUID) {
        parts = [number.map(String.init) ?? "", Wire.text(of: time), id.uuidString.lowercased()]
    }

    public init(encoded: String) throws {
        guard encoded.utf8.count <= 1_024, let data = Data(base64URL: encoded),
            let parts = try? JSONDecoder().decode([String].self, from: data), !parts.isEmpty,
            !parts.contains(where: { $0.contains("\0") })
        else { throw Self.malformed }
        self.parts = parts
    }

    /// The cursor as clients carry it.
    public var encoded: String {
        // An array of strings always encodes.
        (try? JSONEncoder().encode(parts))?.base64URL ?? ""
    }

    /// The time and the id of a cursor made of both.
    public func timeAndID() throws -> (time: Date, id: UUID) {
        guard parts.count == 2, let time = Wire.date(from: parts[0]), let id = UUID(uuidString: parts[1]) else {
            throw Self.malformed
        }
        return (time, id)
    }

    /// The number, the time and the id of a cursor made of all three.
    public func numberTimeAndID() throws -> (number: Int?, time: Date, id: UUID) {
        guard parts.count == 3, parts[0].isEmpty || Int(parts[0]) != nil else { throw Self.malformed }
        let (time, id) = try Cursor(parts[1], parts[2]).timeAndID()
        return (Int(parts[0]), time, id)
    }

    private static let malformed = Rejection.invalid(
        "cursor",
        "cursor-malformed",
        "Use nextCursor of the answer before."
    )
}

/// Which part of a list is asked for.
public struct Slice: Sendable, Equatable {
    public let limit: Int
    public let after: Cursor?

    public init(limit: Int = 50, after: Cursor? = nil) {
        self.limit = limit
        self.after = after
    }
}

extension Request {
    /// `limit` (1 to 200, else 50) and `cursor` of the query.
    public func slice(defaultLimit: Int = 50) throws -> Slice {
        var limit = defaultLimit
        if let raw = query("limit") {
            guard let number = Int(raw), (1...200).contains(number) else {
                throw Rejection.invalid("limit", "limit-out-of-range", "limit is a number from 1 to 200.")
            }
            limit = number
        }
        return Slice(limit: limit, after: try query("cursor").map { try Cursor(encoded: $0) })
    }

    /// `Idempotency-Key`: the same key again must give the same answer again; 1 to 255 visible ASCII characters.
    public func idempotencyKey() throws -> String? {
        guard let raw = headers[.idempotencyKey]?.trimmed else { return nil }
        guard (1...255).contains(raw.utf8.count), raw.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Rejection.invalid(
                "Idempotency-Key",
                "idempotency-key-malformed",
                "Idempotency-Key is 1 to 255 visible ASCII characters."
            )
        }
        return raw
    }
}

/// One page of a list.
public struct PageOf<Item: Encodable & Sendable>: ResponseEncodable, Sendable {
    public let items: [Item]
    /// What to send as `cursor` to get the next page; absent on the last.
    public let nextCursor: String?

    public init(items: [Item], nextCursor: String?) {
        self.items = items
        self.nextCursor = nextCursor
    }

    /// Takes the rows of a query that asked for one more than the limit: the extra one tells that there are more.
    public init(_ rows: [Item], _ slice: Slice, cursor: (Item) -> Cursor) {
        items = Array(rows.prefix(slice.limit))
        nextCursor = rows.count > slice.limit ? items.last.map { cursor($0).encoded } : nil
    }
}
