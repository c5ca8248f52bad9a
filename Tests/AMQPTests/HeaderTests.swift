import Foundation
import TestSupport
import Testing

@testable import AMQP

@Suite("Headers and properties")
struct HeaderTests {
    @Test("every property and every kind of header arrives as it was sent, nested and 64 KiB big")
    func roundTrip() async throws {
        try await withQueue("headers") { broker, queue in
            let sent = everything(user: broker.endpoint.user)
            let publisher = Publisher(broker.endpoint(named: queue), logger: quiet)
            let reader = Reader(Consumer(broker.endpoint(named: queue), .init(queue: queue), logger: quiet))
            try await running([publisher, reader]) {
                let message = Message(exchange: "", routingKey: queue, properties: sent, body: [])
                #expect(await publisher.publish([message]) == [.confirmed])
                try await eventually("it arrives") { reader.deliveries.count == 1 }
                #expect(reader.deliveries[0].properties == sent)
            }
        }
    }

    private func everything(user: String) -> Properties {
        var properties = Properties()
        properties.contentType = "application/json"
        properties.contentEncoding = "identity"
        properties.priority = 3
        properties.correlationID = "correlation"
        properties.replyTo = "reply"
        properties.expiration = "3600000"
        properties.messageID = "\u{1F3E0}"
        properties.timestamp = Date(timeIntervalSince1970: 1_790_000_000)
        properties.type = "type"
        properties.userID = user
        properties.appID = "app"
        let scalars: [String: HeaderValue] = [
            "bool": .bool(true), "int": .int(.min), "double": .double(-0.5), "string": .string("\u{4E0A}\u{6D77}\0"),
            "bytes": .bytes([0, 255, 128]), "timestamp": .timestamp(Date(timeIntervalSince1970: 0)), "null": .null,
            "empty list": .list([]), "empty table": .table([:]), "empty": .string(""),
        ]
        properties.headers = scalars
        properties.headers["nested"] = .table(["list": .list([.table(scalars), .int(1), .list([.null])])])
        properties.headers["big"] = .bytes([UInt8](repeating: 0xFE, count: 64 << 10))
        properties.headers["many"] = .table(.init(uniqueKeysWithValues: (0..<2000).map { ("\($0)", .int($0)) }))
        return properties
    }

    @Test("kinds that only others send are read too")
    func foreignKinds() async throws {
        let fields: [(String, [UInt8], HeaderValue)] = [
            ("b", [0xFF], .int(-1)), ("B", [0xFF], .int(255)), ("s", [0xFF, 0xFE], .int(-2)),
            ("u", [0xFF, 0xFE], .int(65_534)), ("I", [0xFF, 0xFF, 0xFF, 0xFE], .int(-2)),
            ("i", [0xFF, 0xFF, 0xFF, 0xFE], .int(4_294_967_294)), ("L", [0, 0, 0, 0, 0, 0, 0, 9], .int(9)),
            ("L", [UInt8](repeating: 0xFF, count: 8), .double(Double(UInt64.max))),
            ("f", [0x3F, 0x80, 0, 0], .double(1)), ("D", [2, 0, 0, 0, 150], .double(1.5)),
            ("S", [0, 0, 0, 2, 0xC3, 0x28], .bytes([0xC3, 0x28])),
            ("T", [UInt8](repeating: 0xFF, count: 8), .timestamp(Date(timeIntervalSince1970: Double(UInt64.max)))),
        ]
        for (kind, bytes, value) in fields {
            #expect(try WireTable.decode([1, UInt8(ascii: "k")] + Array(kind.utf8) + bytes) == ["k": value])
        }
    }

    @Test("twenty thousand lists in each other end in null instead of a crash")
    func nesting() async throws {
        let depth = 20_000
        var bytes: [UInt8] = [1, UInt8(ascii: "k")]
        for level in 0..<depth {
            let length = UInt32((depth - level - 1) * 5)
            bytes += [UInt8(ascii: "A")] + withUnsafeBytes(of: length.bigEndian, Array.init)
        }
        let headers = try await WireTable.decodeOnDeepStack(bytes)
        var value = headers["k"]
        var levels = 0
        while case .list(let inner)? = value {
            levels += 1
            value = inner.first
        }
        #expect(levels == HeaderValue.depthLimit)
        #expect(value == .null)
    }

    @Test("headers that are nested too deeply to be sent are refused")
    func refusedNesting() {
        var value = HeaderValue.int(1)
        for _ in 0..<100 { value = .list([value]) }
        var message = Message.text("x", to: "q")
        message.properties.headers = ["k": value]
        #expect(message.objection(user: "u", frameMax: 131_072)?.contains("nested") == true)
        message.properties.headers = ["CC": .string("q")]
        #expect(message.objection(user: "u", frameMax: 131_072)?.contains("CC") == true)
    }
}
