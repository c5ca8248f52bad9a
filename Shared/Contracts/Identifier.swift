public import Foundation

/// The id of one kind of thing: a UUID, on the wire in lower case.
public struct Identifier<Kind>: Hashable, Sendable, Codable, CustomStringConvertible, Comparable {
    public let uuid: UUID

    public init(_ uuid: UUID) { self.uuid = uuid }

    /// Reads the canonical 36-character form.
    public init?(_ text: some StringProtocol) {
        guard let uuid = UUID(hex: ArraySlice(text.utf8)) else { return nil }
        self.uuid = uuid
    }

    /// A new id that sorts by the time it was made.
    public static func new() -> Identifier { Identifier(.v7()) }

    public var description: String { uuid.wire }

    public static func < (left: Identifier, right: Identifier) -> Bool { left.uuid < right.uuid }

    public init(from decoder: any Decoder) throws {
        uuid = try decoder.singleValueContainer().decode(UUID.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(uuid.wire)
    }
}

/// The kinds of thing that have an id; they are never instantiated.
public enum Kinds {
    public enum Person {}
    public enum Lead {}
    public enum Staff {}
    public enum Team {}
    public enum Deal {}
    public enum Unit {}
    public enum Contact {}
    public enum SaleContract {}
    public enum Handover {}
    public enum Case {}
    public enum Message {}
    public enum Answer {}
    public enum Merge {}
    public enum Import {}
    public enum Export {}
    public enum Referral {}
}

/// The one id of a person across all channels and services.
///
/// Only Leads makes it.
public typealias UID = Identifier<Kinds.Person>
public typealias LeadID = Identifier<Kinds.Lead>
public typealias StaffID = Identifier<Kinds.Staff>
public typealias TeamID = Identifier<Kinds.Team>
public typealias DealID = Identifier<Kinds.Deal>
public typealias UnitID = Identifier<Kinds.Unit>
public typealias ContactID = Identifier<Kinds.Contact>
public typealias SaleContractID = Identifier<Kinds.SaleContract>
public typealias HandoverID = Identifier<Kinds.Handover>
public typealias CaseID = Identifier<Kinds.Case>
public typealias MessageID = Identifier<Kinds.Message>
/// What a customer wrote to us.
public typealias AnswerID = Identifier<Kinds.Answer>
public typealias MergeID = Identifier<Kinds.Merge>
/// A file of leads that somebody has uploaded.
public typealias ImportID = Identifier<Kinds.Import>
/// A list of leads that somebody has taken out as a file.
public typealias ExportID = Identifier<Kinds.Export>
/// A lead that came because somebody was recommended to us.
public typealias ReferralID = Identifier<Kinds.Referral>

extension UUID {
    /// A UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, then random.
    public static func v7(at instant: Date = Date()) -> UUID {
        let milliseconds = UInt64(max(0, instant.timeIntervalSince1970 * 1_000))
        // One of version 4 is random in the same places, and the system is asked for it once.
        var uuid = UUID().uuid
        (uuid.0, uuid.1, uuid.2) = (byte(milliseconds, 40), byte(milliseconds, 32), byte(milliseconds, 24))
        (uuid.3, uuid.4, uuid.5) = (byte(milliseconds, 16), byte(milliseconds, 8), byte(milliseconds, 0))
        uuid.6 = 0x70 | (uuid.6 & 0x0F)
        return UUID(uuid: uuid)
    }

    /// The lower-case form that PostgreSQL prints too.
    public var wire: String {
        var text: [UInt8] = []
        text.reserveCapacity(36)
        withUnsafeBytes(of: uuid) { bytes in
            for (index, byte) in bytes.enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 { text.append(UInt8(ascii: "-")) }
                text.append(UUID.hexDigits[Int(byte >> 4)])
                text.append(UUID.hexDigits[Int(byte & 15)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func byte(_ value: UInt64, _ shift: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: value >> shift) }
}
