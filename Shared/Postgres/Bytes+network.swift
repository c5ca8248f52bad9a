/// PostgreSQL's binary formats are in network byte order.
extension [UInt8] {
    @inline(__always)
    mutating func append(bigEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    /// Appends a value with its length in front, as arrays and COPY want it; -1 stands for NULL.
    /// - Returns: whether there was a value.
    @discardableResult
    mutating func append(lengthPrefixed value: some PostgresBindable) throws -> Bool {
        let start = count
        append(bigEndian: Int32(-1))
        guard try value.encode(into: &self) else { return false }
        set(bigEndian: Int32(count - start - 4), at: start)
        return true
    }

    mutating func set(bigEndian value: Int32, at offset: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: offset, as: Int32.self) }
    }
}

extension UnsafeRawBufferPointer {
    /// Reads a number at `offset`, or throws when the value is too short.
    @inline(__always)
    func bigEndian<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int = 0) throws -> Number {
        guard offset >= 0, offset + MemoryLayout<Number>.size <= count else {
            throw PostgresError.misuse("the value is cut short")
        }
        return Number(bigEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
