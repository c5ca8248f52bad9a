extension Bool: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.bool }
    public static var postgresArrayType: UInt32 { 1_000 }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        buffer.append(self ? 1 : 0)
        return true
    }

    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let bytes = try Self.present(bytes)
        guard type == TypeID.bool else { throw Self.wrongType(type) }
        self = try bytes.bigEndian(UInt8.self) != 0
    }
}

extension Int: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int8 }
    public static var postgresArrayType: UInt32 { 1_016 }
    public func encode(into buffer: inout [UInt8]) throws -> Bool { try Int64(self).encode(into: &buffer) }
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        self = try Self.whole(bytes, type: type)
    }
}

extension Int16: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int2 }
    public static var postgresArrayType: UInt32 { 1_005 }
    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        buffer.append(bigEndian: self)
        return true
    }
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        self = try Self.whole(bytes, type: type)
    }
}

extension Int32: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int4 }
    public static var postgresArrayType: UInt32 { 1_007 }
    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        buffer.append(bigEndian: self)
        return true
    }
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        self = try Self.whole(bytes, type: type)
    }
}

extension Int64: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.int8 }
    public static var postgresArrayType: UInt32 { 1_016 }
    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        buffer.append(bigEndian: self)
        return true
    }
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        self = try Self.whole(bytes, type: type)
    }
}

extension FixedWidthInteger where Self: PostgresDecodable {
    /// Reads any whole number, also the `numeric` that `sum(bigint)` gives; one that does not fit is an error.
    static func whole(_ bytes: UnsafeRawBufferPointer?, type: UInt32) throws -> Self {
        let bytes = try present(bytes)
        let wide: Int64? =
            switch type {
            case TypeID.int8: try bytes.bigEndian(Int64.self)
            case TypeID.int4: Int64(try bytes.bigEndian(Int32.self))
            case TypeID.int2: Int64(try bytes.bigEndian(Int16.self))
            case TypeID.oid: Int64(try bytes.bigEndian(UInt32.self))
            case TypeID.numeric: try Numeric(bytes).whole
            default: throw wrongType(type)
            }
        guard let wide, let value = Self(exactly: wide) else {
            throw PostgresError.misuse("holds a number that does not fit into \(Self.self)")
        }
        return value
    }
}

extension Double: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.float8 }
    public static var postgresArrayType: UInt32 { 1_022 }

    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        buffer.append(bigEndian: bitPattern)
        return true
    }

    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let bytes = try Self.present(bytes)
        self =
            switch type {
            case TypeID.float8: Double(bitPattern: try bytes.bigEndian(UInt64.self))
            case TypeID.float4: Double(Float(bitPattern: try bytes.bigEndian(UInt32.self)))
            case TypeID.numeric: try Numeric(bytes).double
            default: Double(try Int64.whole(bytes, type: type))
            }
    }
}

/// A `numeric` as the server sends it: digits to the base of 10,000.
struct Numeric {
    private let digits: [Int64]
    /// The power of 10,000 that the first digit stands for.
    private let weight: Int
    private let sign: UInt16

    init(_ bytes: UnsafeRawBufferPointer) throws {
        let count = Int(try bytes.bigEndian(Int16.self))
        weight = Int(try bytes.bigEndian(Int16.self, at: 2))
        sign = try bytes.bigEndian(UInt16.self, at: 4)
        digits = try (0..<count).map { Int64(try bytes.bigEndian(Int16.self, at: 8 + 2 * $0)) }
    }

    private var isNegative: Bool { sign == 0x4000 }
    private var isFinite: Bool { sign == 0 || isNegative }

    /// The number, if it is whole and fits.
    var whole: Int64? {
        guard isFinite else { return nil }
        var value: Int64 = 0
        for place in 0..<max(weight + 1, digits.count) {
            let digit = place < digits.count ? digits[place] : 0
            guard place <= weight else {
                guard digit == 0 else { return nil }
                continue
            }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10_000)
            let (sum, carry) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }

    var double: Double {
        guard isFinite else { return sign == 0xD000 ? .infinity : sign == 0xF000 ? -.infinity : .nan }
        // Through text, since adding up powers would gather rounding errors.
        let mantissa = digits.map { String(String($0 + 10_000).dropFirst()) }.joined()
        let value = Double("\(mantissa.isEmpty ? "0" : mantissa)e\((weight + 1 - digits.count) * 4)") ?? .nan
        return isNegative ? -value : value
    }
}
