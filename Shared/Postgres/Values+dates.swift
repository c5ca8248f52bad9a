public import struct Foundation.Date

/// PostgreSQL counts microseconds from 2000, Foundation seconds from 2001.
private let microsecondsFrom2000To2001: Int64 = 31_622_400_000_000

extension Date: PostgresBindable, PostgresDecodable {
    public static var postgresType: UInt32 { TypeID.timestamptz }
    public static var postgresArrayType: UInt32 { 1_185 }

    /// Sends `timestamptz`, rounded to the microsecond: what was read is sent back exactly (from 1875 to 2127).
    public func encode(into buffer: inout [UInt8]) throws -> Bool {
        let microseconds = (timeIntervalSinceReferenceDate * 1_000_000).rounded()
        guard abs(microseconds) < 9e18 else { throw PostgresError.misuse("a date is out of range") }
        buffer.append(bigEndian: Int64(microseconds) + microsecondsFrom2000To2001)
        return true
    }

    /// Reads `timestamptz`, or `date` as midnight UTC; the infinities become the distant past and future.
    public init(postgresBytes bytes: UnsafeRawBufferPointer?, type: UInt32) throws {
        let bytes = try Self.present(bytes)
        switch type {
        case TypeID.timestamptz:
            switch try bytes.bigEndian(Int64.self) {
            case .max: self = .distantFuture
            case .min: self = .distantPast
            case let microseconds:
                let since2001 = Double(microseconds - microsecondsFrom2000To2001)
                self.init(timeIntervalSinceReferenceDate: since2001 / 1_000_000)
            }
        case TypeID.date:
            switch try bytes.bigEndian(Int32.self) {
            case .max: self = .distantFuture
            case .min: self = .distantPast
            case let days: self.init(timeIntervalSinceReferenceDate: Double(days - 366) * 86_400)
            }
        default: throw Self.wrongType(type)
        }
    }
}
