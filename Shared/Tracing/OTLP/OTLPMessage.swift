import Foundation
import Traces
import Tracing

/// `ExportTraceServiceRequest` in the JSON form of OTLP: ids in hexadecimal, 64-bit numbers as text.
struct OTLPMessage: Encodable {
    let resourceSpans: [ResourceSpans]

    struct ResourceSpans: Encodable {
        let resource: Resource
        let scopeSpans: [ScopeSpans]
    }

    struct Resource: Encodable {
        let attributes: [Attribute]
    }

    struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [Entry]
    }

    struct Scope: Encodable {
        let name = "lintel"
    }

    struct Entry: Encodable {
        let traceId: String
        let spanId: String
        let parentSpanId: String?
        let flags: Int
        let name: String
        let kind: Int
        let startTimeUnixNano: String
        let endTimeUnixNano: String
        let attributes: [Attribute]
        let links: [Link]
        let status: Status
    }

    struct Link: Encodable {
        let traceId: String
        let spanId: String
    }

    struct Status: Encodable {
        /// 0 unset, 2 error.
        let code: Int
    }

    struct Attribute: Encodable {
        let key: String
        let value: Value
    }

    struct Value: Encodable {
        var stringValue: String?
        var intValue: String?
        var doubleValue: Double?
        var boolValue: Bool?
    }

    /// The request's body.
    static func text(of spans: [EndedSpan], resource: [String: String]) -> String {
        let told = resource.sorted { $0.key < $1.key }.map {
            Attribute(key: $0.key, value: Value(stringValue: $0.value))
        }
        let message = OTLPMessage(
            resourceSpans: [
                ResourceSpans(
                    resource: Resource(attributes: told),
                    scopeSpans: [ScopeSpans(scope: Scope(), spans: spans.map(Entry.init))]
                )
            ]
        )
        // Strings and numbers always encode.
        return (try? JSONEncoder().encode(message)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension OTLPMessage.Entry {
    init(_ span: EndedSpan) {
        let record = span.record
        var attributes: [OTLPMessage.Attribute] = []
        func keep(_ key: String, _ value: SpanAttribute) {
            if let value = OTLPMessage.Value(value) { attributes.append(.init(key: key, value: value)) }
        }
        record.attributes.forEach(keep)
        self.init(
            traceId: span.trace.traceID,
            spanId: span.trace.spanID,
            parentSpanId: record.parent?.spanID,
            flags: span.trace.isSampled ? 1 : 0,
            name: record.name,
            kind: OTLPMessage.Entry.number(of: record.kind),
            startTimeUnixNano: String(record.start),
            endTimeUnixNano: String(max(record.start, record.end)),
            attributes: attributes.sorted { $0.key < $1.key },
            links: record.links.map { OTLPMessage.Link(traceId: $0.traceID, spanId: $0.spanID) },
            status: OTLPMessage.Status(code: record.isFailed ? 2 : 0)
        )
    }

    private static func number(of kind: SpanKind) -> Int {
        switch kind {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension OTLPMessage.Value {
    /// Nil for what no span of ours says.
    init?(_ attribute: SpanAttribute) {
        switch attribute {
        case .string(let text): self.init(stringValue: text)
        case .int32(let number): self.init(intValue: String(number))
        case .int64(let number): self.init(intValue: String(number))
        case .double(let number): self.init(doubleValue: number)
        case .bool(let truth): self.init(boolValue: truth)
        case .stringConvertible(let value): self.init(stringValue: "\(value)")
        default: return nil
        }
    }
}
