import Metrics
import Synchronization

/// Counters of one name that one label tells apart, kept so that counting costs no look-up in the metrics' registry.
final class CounterFamily: Sendable {
    private let name: String
    private let label: String
    private let counters = Mutex<[String: Counter]>([:])

    init(_ name: String, by label: String) {
        self.name = name
        self.label = label
    }

    /// Counts one for every value.
    func increment(_ values: [String]) {
        guard !values.isEmpty else { return }
        counters.withLock { counters in
            for value in values { counter(value, in: &counters).increment() }
        }
    }

    private func counter(_ value: String, in counters: inout [String: Counter]) -> Counter {
        if let known = counters[value] { return known }
        let fresh = Counter(label: name, dimensions: [(label, value)])
        counters[value] = fresh
        return fresh
    }
}
