/// A statement ready to be sent: its values are in one buffer, in binary format.
///
/// It is put together by the caller's task, so that a connection's thread has only to send it.
struct Statement: Sendable {
    let text: String
    let types: [UInt32]
    /// All values, one behind the other.
    ///
    /// Never empty, so that an empty value has an address too.
    private(set) var bytes: [UInt8] = []
    private(set) var offsets: [Int] = []
    /// The length of each value, or -1 for NULL.
    private(set) var lengths: [Int32] = []
    /// Whether it is worth preparing when it comes again.
    let isCached: Bool

    /// - Throws: ``PostgresError`` naming the parameter whose value cannot be sent.
    init(_ sql: SQL) throws {
        text = sql.text
        types = sql.values.map { type(of: $0).postgresType }
        isCached = true
        try Self.refuseNUL(text)
        for (index, value) in sql.values.enumerated() {
            do {
                try append(value)
            } catch let error as PostgresError {
                throw error.at("parameter $\(index + 1)")
            }
        }
        bytes.append(0)
    }

    /// BEGIN, COMMIT and the like, which are never prepared: in a failed transaction that might not be possible.
    init(control text: String) {
        self.text = text
        types = []
        bytes = [0]
        isCached = false
    }

    private mutating func append(_ value: any PostgresBindable) throws {
        let start = bytes.count
        let isPresent = try value.encode(into: &bytes)
        offsets.append(start)
        lengths.append(isPresent ? Int32(bytes.count - start) : -1)
    }

    /// Text goes to libpq as a C string: everything behind a NUL would silently be missing.
    static func refuseNUL(_ text: String) throws {
        guard !text.utf8.contains(0) else { throw PostgresError.misuse("the statement holds U+0000") }
    }

    /// Calls `body` with the parameters as libpq takes them.
    func withParameters<Result>(
        _ body: (
            _ count: Int32, _ types: UnsafePointer<UInt32>?, _ values: UnsafePointer<UnsafePointer<CChar>?>?,
            _ lengths: UnsafePointer<Int32>?, _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { raw in
            let base = raw.assumingMemoryBound(to: CChar.self).baseAddress
            let values = zip(offsets, lengths).map { offset, length in length < 0 ? nil : base.map { $0 + offset } }
            let formats = [Int32](repeating: 1, count: types.count)
            return types.withUnsafeBufferPointer { types in
                values.withUnsafeBufferPointer { values in
                    lengths.withUnsafeBufferPointer { lengths in
                        formats.withUnsafeBufferPointer { formats in
                            body(
                                Int32(types.count),
                                types.baseAddress,
                                values.baseAddress,
                                lengths.baseAddress,
                                formats.baseAddress
                            )
                        }
                    }
                }
            }
        }
    }
}
