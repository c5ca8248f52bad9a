public import CoreMetrics
import Synchronization

/// Keeps what the program measures and tells it as Prometheus text.
///
/// Hand it to `MetricsSystem.bootstrap` once at start.
///
/// Labels such as `http_requests_total` are told as they are; other characters become `_`. Timers are histograms in
/// seconds; recorders that aggregate are histograms too, and others are gauges, like meters.
public final class PrometheusRegistry: MetricsFactory {
    private let series = Mutex<[Key: any Series]>([:])
    /// What was asked for before, in the words of whoever asked: counting is frequent, writing labels is not cheap.
    private let asked = Mutex<[Question: any Series]>([:])
    private let labels: [(String, String)]
    private let descriptions: [String: MetricDescription]

    /// `labels` are put on everything that is told; what is described has its explanation, also before it was measured.
    public init(labels: [(String, String)] = [], describing descriptions: [MetricDescription] = []) {
        self.labels = labels
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { first, _ in first }
    }

    struct Key: Hashable, Sendable {
        let name: String
        let labels: String
    }

    private struct Question: Hashable {
        let label: String
        let dimensions: [String]

        init(_ label: String, _ dimensions: [(String, String)]) {
            self.label = label
            self.dimensions = dimensions.flatMap { [$0.0, $0.1] }
        }
    }

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        make(label, dimensions) { CounterSeries() }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        make(label, dimensions) { GaugeSeries() }
    }

    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate { return histogram(label, dimensions, orElse: HistogramSeries.sizes) }
        return make(label, dimensions) { GaugeSeries() }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions, orElse: HistogramSeries.seconds)
    }

    private func histogram(
        _ label: String,
        _ dimensions: [(String, String)],
        orElse bounds: [Double]
    ) -> HistogramSeries {
        let bounds = descriptions[label]?.buckets ?? bounds
        return make(label, dimensions) { HistogramSeries(bounds: bounds) }
    }

    // Handlers are shared by everybody who asks for the same label, and counting goes on for as long as the process does:
    // a counter that came and went would look like a restart.
    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    /// Everything measured so far, in the text exposition format.
    public func text() -> String {
        let families = Dictionary(grouping: series.withLock { Array($0) }, by: \.key.name)
        return Set(families.keys).union(descriptions.keys).sorted()
            .map { name in
                let members = families[name] ?? []
                let kind = members.first?.value.kind ?? descriptions[name]?.kind.rawValue ?? "untyped"
                let lines = members.filter { $0.value.kind == kind }
                    .sorted { $0.key.labels < $1.key.labels }
                    .flatMap { $0.value.lines(name: name, labels: $0.key.labels) }
                let help = descriptions[name].map { "# HELP \(name) \($0.help)\n" } ?? ""
                return help + "# TYPE \(name) \(kind)\n" + lines.map { $0 + "\n" }.joined()
            }
            .joined()
    }

    /// What the operating system says of the process; asked when somebody wants to know.
    func measureProcess() {
        for (name, value) in ProcessStatistics.read() {
            if name.hasSuffix("_total") {
                make(name, []) { TotalSeries() }.set(value)
            } else {
                makeMeter(label: name, dimensions: []).set(value)
            }
        }
    }

    /// The series of that name and labels; where another kind has the name already, one that nobody hears of.
    private func make<S: Series>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ create: @Sendable () -> S
    ) -> S {
        let question = Question(label, dimensions)
        if let known = asked.withLock({ $0[question] }) as? S { return known }
        let found = find(label, dimensions, create)
        asked.withLock { $0[question] = found }
        return found
    }

    private func find<S: Series>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ create: @Sendable () -> S
    ) -> S {
        let common = labels.filter { label in !dimensions.contains { $0.0 == label.0 } }
        let key = Key(name: Exposition.name(label), labels: Exposition.labels(common + dimensions))
        return series.withLock { series in
            if let known = series[key] { return known as? S ?? create() }
            let fresh = create()
            series[key] = fresh
            return fresh
        }
    }
}

/// Something measured under one name and one set of labels.
protocol Series: AnyObject, Sendable {
    /// `counter`, `gauge` or `histogram`.
    var kind: String { get }
    func lines(name: String, labels: String) -> [String]
}

/// How names, labels and numbers are written.
enum Exposition {
    static func name(_ label: String) -> String {
        var text = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") ? $0 : "_" })
        if text.first?.isNumber != false { text = "_" + text }
        return text
    }

    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }
            .map { name, value in
                "\(self.name(name))=\"\(escaped(value))\""
            }
            .joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5C || $0 == 0x22 || $0 == 0x0A }) else { return value }
        return value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }

    static func line(_ name: String, _ labels: String, _ value: String, also extra: String = "") -> String {
        let all = [labels, extra].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "\(name) \(value)" : "\(name){\(all)} \(value)"
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
