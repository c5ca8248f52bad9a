import CoreMetrics
import Synchronization

/// Only ever rises.
final class CounterSeries: Series, CounterHandler {
    let kind = "counter"
    private let value = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        value.add(max(0, amount), ordering: .relaxed)
    }

    func reset() {
        value.store(0, ordering: .relaxed)
    }

    func lines(name: String, labels: String) -> [String] {
        [Exposition.line(name, labels, "\(value.load(ordering: .relaxed))")]
    }
}

/// A counter whose total somebody else keeps.
final class TotalSeries: Series {
    let kind = "counter"
    private let value = Mutex(0.0)

    func set(_ value: Double) { self.value.withLock { $0 = value } }

    func lines(name: String, labels: String) -> [String] {
        [Exposition.line(name, labels, Exposition.number(value.withLock { $0 }))]
    }
}

/// What something is now.
final class GaugeSeries: Series, MeterHandler, RecorderHandler {
    let kind = "gauge"
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }

    func lines(name: String, labels: String) -> [String] {
        [Exposition.line(name, labels, Exposition.number(value.withLock { $0 }))]
    }
}

/// How often values fell below each bound.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
    /// From half a millisecond to a minute.
    static let seconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// For sizes and counts.
    static let sizes: [Double] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 100_000, 1_000_000]

    private struct Counts {
        var buckets: [Int64]
        var sum = 0.0
        var count: Int64 = 0
    }

    let kind = "histogram"
    private let bounds: [Double]
    private let counts: Mutex<Counts>

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = Mutex(Counts(buckets: Array(repeating: 0, count: bounds.count)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 }
        counts.withLock { counts in
            if let index { counts.buckets[index] += 1 }
            counts.sum += value
            counts.count += 1
        }
    }

    func lines(name: String, labels: String) -> [String] {
        let counts = counts.withLock { $0 }
        var below: Int64 = 0
        var lines = zip(bounds, counts.buckets).map { bound, count in
            below += count
            return Exposition.line(name + "_bucket", labels, "\(below)", also: "le=\"\(Exposition.number(bound))\"")
        }
        lines.append(Exposition.line(name + "_bucket", labels, "\(counts.count)", also: "le=\"+Inf\""))
        lines.append(Exposition.line(name + "_sum", labels, Exposition.number(counts.sum)))
        lines.append(Exposition.line(name + "_count", labels, "\(counts.count)"))
        return lines
    }
}
