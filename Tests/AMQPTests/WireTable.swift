import CRabbitMQ
import Foundation

@testable import AMQP

/// Decodes header tables from raw bytes, as librabbitmq does when a message comes in.
enum WireTable {
    static func decode(_ entries: [UInt8]) throws -> [String: HeaderValue] {
        var bytes = withUnsafeBytes(of: UInt32(entries.count).bigEndian, Array.init) + entries
        var pool = amqp_pool_t()
        init_amqp_pool(&pool, 4096)
        defer { empty_amqp_pool(&pool) }
        return try bytes.withUnsafeMutableBytes { raw in
            var table = amqp_table_t()
            var offset = 0
            let encoded = amqp_bytes_t(len: raw.count, bytes: raw.baseAddress)
            let status = amqp_decode_table(encoded, &pool, &table, &offset)
            guard status == AMQP_STATUS_OK.rawValue else {
                throw AMQPError(step: "decode", reason: String(cString: amqp_error_string2(status)))
            }
            return HeaderValue.table(table)
        }
    }

    /// On a thread like the one that reads a connection.
    static func decodeOnDeepStack(_ entries: [UInt8]) async throws -> [String: HeaderValue] {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Result { try decode(entries) }) }
            thread.stackSize = Owner.stackSize
            thread.start()
        }
    }
}
