/// What a metric is called and what it tells, for `/metrics` and for whoever reads it.
///
/// A metric that nobody has described is told all the same, without an explanation.
public struct MetricDescription: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    public let name: String
    let kind: Kind
    let help: String
    /// Upper bounds of a histogram's buckets; nil for those that its kind has by itself.
    let buckets: [Double]?

    /// Only ever rises.
    public static func counter(_ name: String, _ help: String) -> MetricDescription {
        MetricDescription(name: name, kind: .counter, help: help, buckets: nil)
    }

    /// What something is now.
    public static func gauge(_ name: String, _ help: String) -> MetricDescription {
        MetricDescription(name: name, kind: .gauge, help: help, buckets: nil)
    }

    /// How values are spread.
    public static func histogram(_ name: String, _ help: String, buckets: [Double]? = nil) -> MetricDescription {
        MetricDescription(name: name, kind: .histogram, help: help, buckets: buckets)
    }

    /// How long people take: from half a minute to a week, in seconds.
    public static let humanSeconds: [Double] = [
        30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200, 604_800,
    ]
}

extension MetricDescription {
    /// What every web server measures.
    public static let ofWeb: [MetricDescription] =
        [
            .counter("http_requests_total", "Requests answered, by method, route and status."),
            .histogram("http_request_seconds", "Time to an answer, by route, in seconds."),
            .gauge("readiness_check", "1 when the check of /health/ready passes, 0 when it does not."),
        ] + ProcessStatistics.descriptions
}
