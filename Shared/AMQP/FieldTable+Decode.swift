import CRabbitMQ
import Foundation

extension HeaderValue {
    /// Tables and lists nested deeper than this read as null: nobody means them, and freeing them recurses on
    /// threads whose stacks are small.
    static let depthLimit = 64

    /// Copies a value out of librabbitmq's memory.
    ///
    /// Numbers that an `Int64` cannot hold and decimals become doubles, strings that are not UTF-8 become bytes.
    init(_ field: amqp_field_value_t, depth: Int = 0) {
        let value = field.value
        switch UnicodeScalar(field.kind) {
        case "t": self = .bool(value.boolean != 0)
        case "b": self = .int(Int64(value.i8))
        case "B": self = .int(Int64(value.u8))
        case "s": self = .int(Int64(value.i16))
        case "u": self = .int(Int64(value.u16))
        case "I": self = .int(Int64(value.i32))
        case "i": self = .int(Int64(value.u32))
        case "l": self = .int(value.i64)
        case "L": self = Int64(exactly: value.u64).map(HeaderValue.int) ?? .double(Double(value.u64))
        case "f": self = .double(Double(value.f32))
        case "d": self = .double(value.f64)
        case "D": self = .double(Double(value.decimal.value) / pow(10, Double(value.decimal.decimals)))
        case "S": self = String(validating: value.bytes).map(HeaderValue.string) ?? .bytes([UInt8](value.bytes))
        case "x": self = .bytes([UInt8](value.bytes))
        case "T": self = .timestamp(Date(timeIntervalSince1970: Double(value.u64)))
        case "A" where depth < Self.depthLimit: self = .list(Self.list(value.array, depth: depth + 1))
        case "F" where depth < Self.depthLimit: self = .table(Self.table(value.table, depth: depth + 1))
        default: self = .null
        }
    }

    /// A table's entries; of two with the same key the last one counts.
    static func table(_ table: amqp_table_t, depth: Int = 0) -> [String: HeaderValue] {
        let entries = UnsafeBufferPointer(start: table.entries, count: Int(table.num_entries))
        return Dictionary(
            entries.lazy.map { (String(repairing: $0.key), HeaderValue($0.value, depth: depth)) },
            uniquingKeysWith: { _, last in last }
        )
    }

    private static func list(_ array: amqp_array_t, depth: Int) -> [HeaderValue] {
        UnsafeBufferPointer(start: array.entries, count: Int(array.num_entries))
            .map { HeaderValue($0, depth: depth) }
    }
}

extension Properties {
    /// Copies the properties of a content header.
    init(_ header: amqp_basic_properties_t) {
        func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
            header.has(flag) ? String(repairing: bytes) : nil
        }
        contentType = text(AMQP_BASIC_CONTENT_TYPE_FLAG, header.content_type)
        contentEncoding = text(AMQP_BASIC_CONTENT_ENCODING_FLAG, header.content_encoding)
        if header.has(AMQP_BASIC_HEADERS_FLAG) { headers = HeaderValue.table(header.headers) }
        isPersistent = header.has(AMQP_BASIC_DELIVERY_MODE_FLAG) && header.delivery_mode == 2
        priority = header.has(AMQP_BASIC_PRIORITY_FLAG) ? header.priority : nil
        correlationID = text(AMQP_BASIC_CORRELATION_ID_FLAG, header.correlation_id)
        replyTo = text(AMQP_BASIC_REPLY_TO_FLAG, header.reply_to)
        expiration = text(AMQP_BASIC_EXPIRATION_FLAG, header.expiration)
        messageID = text(AMQP_BASIC_MESSAGE_ID_FLAG, header.message_id)
        if header.has(AMQP_BASIC_TIMESTAMP_FLAG) {
            timestamp = Date(timeIntervalSince1970: Double(header.timestamp))
        }
        type = text(AMQP_BASIC_TYPE_FLAG, header.type)
        userID = text(AMQP_BASIC_USER_ID_FLAG, header.user_id)
        appID = text(AMQP_BASIC_APP_ID_FLAG, header.app_id)
    }
}

extension amqp_basic_properties_t {
    func has(_ flag: Int32) -> Bool { _flags & amqp_flags_t(flag) != 0 }
}

extension amqp_bytes_t {
    /// The bytes where they are: they are not NUL-terminated, and they go with the frame that they came in.
    var view: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: len) }
}

extension [UInt8] {
    init(_ bytes: amqp_bytes_t) { self.init(bytes.view) }
}

extension String {
    init(repairing bytes: amqp_bytes_t) { self.init(decoding: bytes.view, as: UTF8.self) }

    init?(validating bytes: amqp_bytes_t) { self.init(validating: bytes.view, as: UTF8.self) }
}
