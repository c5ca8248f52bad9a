import Metrics

/// How many events of which name came and went.
enum EventCounts {
    static func published(_ names: [String]) { count(names, "events_total") }

    static func received(_ names: [String]) { count(names, "events_received_total") }

    private static func count(_ names: [String], _ label: String) {
        for (name, those) in Dictionary(grouping: names, by: \.self) {
            Counter(label: label, dimensions: [("name", name)]).increment(by: those.count)
        }
    }
}
