import Foundation

/// The leads behind a figure of marketing's return: counted with it, by the same touch and in the same days.
struct ReturnFilter: Sendable, Equatable {
    var touch: String
    var from: Day?
    var to: Day?
    var channel: String?
    /// Empty for leads that name none.
    var campaign: String?
    /// `valid`, `contacted`, `visited` or `won`.
    var reached: String?

    static let stages = ["valid", "contacted", "visited", "won"]
}

extension ReturnFilter {
    /// The items of the address that make the filter.
    static let names = ["touch", "from", "to", "channel", "campaign", "reached"]

    /// Nil where the address asks for nothing of it.
    init?(_ query: (String) -> String?) {
        guard ReturnFilter.names.dropFirst().contains(where: { query($0) != nil }) else { return nil }
        touch = query("touch") == "last" ? "last" : "first"
        from = query("from").flatMap { Day($0) }
        to = query("to").flatMap { Day($0) }
        channel = query("channel")
        campaign = query("campaign").map { $0 == "-" ? "" : $0 }
        reached = query("reached").flatMap { ReturnFilter.stages.contains($0) ? $0 : nil }
    }

    var items: [URLQueryItem] {
        let values: [(String, String?)] = [
            ("touch", touch), ("from", from?.text), ("to", to?.text), ("channel", channel),
            ("campaign", campaign.map { $0.isEmpty ? "-" : $0 }), ("reached", reached),
        ]
        return values.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
    }
}
