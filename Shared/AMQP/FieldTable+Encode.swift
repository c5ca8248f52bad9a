import CRabbitMQ
import Foundation

/// Memory for what librabbitmq encodes from pointers.
///
/// All of it is given back at once by ``recycle()``.
final class EncodingPool {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        pool.initialize(to: amqp_pool_t())
        init_amqp_pool(pool, 8192)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    func recycle() { recycle_amqp_pool(pool) }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    func bytes(_ array: [UInt8]) -> amqp_bytes_t { array.withUnsafeBytes(copy) }

    func table(_ headers: [String: HeaderValue]) -> amqp_table_t {
        let entries = room(for: amqp_table_entry_t.self, count: headers.count)
        for (index, header) in headers.enumerated() {
            entries?[index] = amqp_table_entry_t(key: bytes(header.key), value: field(header.value))
        }
        return amqp_table_t(num_entries: entries == nil ? 0 : Int32(headers.count), entries: entries)
    }

    private func field(_ value: HeaderValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        field.kind = value.kind
        switch value {
        case .bool(let flag): field.value.boolean = flag ? 1 : 0
        case .int(let number): field.value.i64 = number
        case .double(let number): field.value.f64 = number
        case .string(let text): field.value.bytes = bytes(text)
        case .bytes(let array): field.value.bytes = bytes(array)
        case .timestamp(let date): field.value.u64 = date.secondsSince1970
        case .list(let values): field.value.array = array(values)
        case .table(let headers): field.value.table = table(headers)
        case .null: break
        }
        return field
    }

    private func array(_ values: [HeaderValue]) -> amqp_array_t {
        let entries = room(for: amqp_field_value_t.self, count: values.count)
        for (index, value) in values.enumerated() { entries?[index] = field(value) }
        return amqp_array_t(num_entries: entries == nil ? 0 : Int32(values.count), entries: entries)
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let from = source.baseAddress, !source.isEmpty, let copy = amqp_pool_alloc(pool, source.count) else {
            return amqp_bytes_t(len: 0, bytes: nil)
        }
        copy.copyMemory(from: from, byteCount: source.count)
        return amqp_bytes_t(len: source.count, bytes: copy)
    }

    private func room<Entry>(for type: Entry.Type, count: Int) -> UnsafeMutablePointer<Entry>? {
        guard count > 0 else { return nil }
        return amqp_pool_alloc(pool, count * MemoryLayout<Entry>.stride)?.bindMemory(to: type, capacity: count)
    }
}

extension EncodingPool {
    func properties(_ properties: Properties, messageID: String) -> amqp_basic_properties_t {
        var header = amqp_basic_properties_t()
        var flags = AMQP_BASIC_DELIVERY_MODE_FLAG
        func text(_ text: String?, _ flag: Int32) -> amqp_bytes_t {
            guard let text else { return amqp_bytes_t(len: 0, bytes: nil) }
            flags |= flag
            return bytes(text)
        }
        header.delivery_mode = properties.isPersistent ? 2 : 1
        header.message_id = text(messageID, AMQP_BASIC_MESSAGE_ID_FLAG)
        header.content_type = text(properties.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG)
        header.content_encoding = text(properties.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG)
        header.correlation_id = text(properties.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG)
        header.reply_to = text(properties.replyTo, AMQP_BASIC_REPLY_TO_FLAG)
        header.expiration = text(properties.expiration, AMQP_BASIC_EXPIRATION_FLAG)
        header.type = text(properties.type, AMQP_BASIC_TYPE_FLAG)
        header.user_id = text(properties.userID, AMQP_BASIC_USER_ID_FLAG)
        header.app_id = text(properties.appID, AMQP_BASIC_APP_ID_FLAG)
        if !properties.headers.isEmpty {
            header.headers = table(properties.headers)
            flags |= AMQP_BASIC_HEADERS_FLAG
        }
        if let priority = properties.priority {
            header.priority = priority
            flags |= AMQP_BASIC_PRIORITY_FLAG
        }
        if let timestamp = properties.timestamp {
            header.timestamp = timestamp.secondsSince1970
            flags |= AMQP_BASIC_TIMESTAMP_FLAG
        }
        header._flags = amqp_flags_t(flags)
        return header
    }
}

extension HeaderValue {
    /// The letter that stands before the value on the wire.
    fileprivate var kind: UInt8 {
        switch self {
        case .bool: UInt8(ascii: "t")
        case .int: UInt8(ascii: "l")
        case .double: UInt8(ascii: "d")
        case .string: UInt8(ascii: "S")
        case .bytes: UInt8(ascii: "x")
        case .timestamp: UInt8(ascii: "T")
        case .list: UInt8(ascii: "A")
        case .table: UInt8(ascii: "F")
        case .null: UInt8(ascii: "V")
        }
    }
}

extension Date {
    /// AMQP's instants are whole seconds from 1970 on; earlier ones become 1970.
    fileprivate var secondsSince1970: UInt64 { UInt64(exactly: timeIntervalSince1970.rounded(.down)) ?? 0 }
}
