/// Where in which trace something happens, as W3C Trace Context writes it: `00-<trace>-<span>-<flags>`.
public struct TraceContext: Sendable, Hashable {
    /// The two halves of the trace's id; never both 0.
    public let trace: (UInt64, UInt64)
    /// The span that this is, never 0; what happens in it is its child.
    public let span: UInt64
    /// Whether the trace is recorded: decided once, where it began.
    public let isSampled: Bool

    public init(trace: (UInt64, UInt64), span: UInt64, isSampled: Bool) {
        self.trace = trace
        self.span = span
        self.isSampled = isSampled
    }

    /// A trace of its own.
    public static func beginning(isSampled: Bool) -> TraceContext {
        let trace = (UInt64.random(in: .min ... .max), UInt64.random(in: 1 ... .max))
        return TraceContext(trace: trace, span: .random(in: 1 ... .max), isSampled: isSampled)
    }

    /// Another span of the same trace.
    public func next() -> TraceContext {
        TraceContext(trace: trace, span: .random(in: 1 ... .max), isSampled: isSampled)
    }

    /// Reads a `traceparent`; nil for what is none.
    ///
    /// It comes from strangers, so nothing else is let through.
    public init?(traceparent text: String) {
        let bytes = Array(text.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes.count <= 256, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = TraceContext.number(bytes[0..<2]), version != 0xFF,
            version > 0 ? bytes.count == 55 || bytes[55] == dash : bytes.count == 55,
            let high = TraceContext.number(bytes[3..<19]), let low = TraceContext.number(bytes[19..<35]),
            let span = TraceContext.number(bytes[36..<52]), let flags = TraceContext.number(bytes[53..<55]),
            high | low != 0, span != 0
        else { return nil }
        self.init(trace: (high, low), span: span, isSampled: flags & 1 == 1)
    }

    public var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    /// 32 hexadecimal digits.
    public var traceID: String { TraceContext.text(trace.0) + TraceContext.text(trace.1) }

    /// 16 hexadecimal digits.
    public var spanID: String { TraceContext.text(span) }

    public static func == (one: TraceContext, other: TraceContext) -> Bool {
        one.trace == other.trace && one.span == other.span && one.isSampled == other.isSampled
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(trace.0)
        hasher.combine(trace.1)
        hasher.combine(span)
    }

    /// Lower-case hexadecimal digits only, as the specification wants them.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: number = number << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: number = number << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        return number
    }

    private static func text(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
