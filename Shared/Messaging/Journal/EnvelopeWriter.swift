import Contracts
import Foundation

/// Writes an envelope around data that is JSON already.
///
/// Written by hand because the relay does it for every event: parsing the data only to print it again would cost more
/// than everything else that the relay does.
enum EnvelopeWriter {
    static func body(of envelope: Envelope, data: String) -> [UInt8] {
        var json = Object()
        json.add("specversion", envelope.specversion)
        json.add("id", envelope.id)
        json.add("source", envelope.source)
        json.add("type", envelope.type.text)
        json.add("subject", envelope.subject)
        json.add("time", Wire.text(of: envelope.time))
        json.add("datacontenttype", "application/json")
        if let sequence = envelope.sequence { json.add("sequence", raw: String(sequence)) }
        json.add("uid", envelope.uid?.description)
        json.add("actor", envelope.actor)
        json.add("correlationid", envelope.correlationid)
        json.add("causationid", envelope.causationid)
        json.add("traceparent", envelope.traceparent)
        json.add("data", raw: data)
        return json.closed
    }

    private struct Object {
        private var bytes: [UInt8] = []

        mutating func add(_ key: String, _ value: String?) {
            guard let value else { return }
            start(key)
            bytes.append(UInt8(ascii: "\""))
            if value.utf8.contains(where: Object.isEscaped) {
                for byte in value.utf8 { append(escaping: byte) }
            } else {
                bytes += value.utf8
            }
            bytes.append(UInt8(ascii: "\""))
        }

        mutating func add(_ key: String, raw: String) {
            start(key)
            bytes += raw.utf8
        }

        var closed: [UInt8] { bytes + [UInt8(ascii: "}")] }

        private mutating func start(_ key: String) {
            bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
            bytes.append(UInt8(ascii: "\""))
            bytes += key.utf8
            bytes += "\":".utf8
        }

        private static func isEscaped(_ byte: UInt8) -> Bool {
            byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
        }

        private mutating func append(escaping byte: UInt8) {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += Array("\\u00".utf8) + [Object.hex[Int(byte >> 4)], Object.hex[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }

        private static let hex = Array("0123456789abcdef".utf8)
    }
}
