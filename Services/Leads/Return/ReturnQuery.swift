import Contracts
import Failures
import Foundation
import Hummingbird
import Web

/// What the address of marketing's return says: a link that can be shared.
struct ReturnQuery: Sendable, Equatable {
    var touch: String
    var period: Period
    /// The only one that is looked at; nil for all.
    var channel: String?
    /// One of ``spans``, where the period is one of those.
    var span: String?

    static let spans = ["30d", "90d", "365d"]
    /// A longer look would be of no use, and take long.
    private static let longest = 1_100

    init(_ request: Request, today: Day) throws {
        touch = request.query("touch") == "last" ? "last" : "first"
        channel = request.query("channel").flatMap { $0.isEmpty ? nil : $0 }
        if let from = request.query("from"), let to = request.query("to") {
            period = Period(from: try Day(from, field: "from"), to: try Day(to, field: "to"))
            guard period.from <= period.to else {
                throw Rejection.invalid("to", "period-ends-before-it-begins", "to is not before from.")
            }
            guard period.days <= ReturnQuery.longest else {
                throw Rejection.invalid("from", "period-too-long", "A period has at most \(ReturnQuery.longest) days.")
            }
            return
        }
        let asked = request.query("span") ?? ""
        let known = ReturnQuery.spans.contains(asked) ? asked : "30d"
        span = known
        period = Period(from: today.advanced(by: 1 - (Int(known.dropLast()) ?? 30)), to: today)
    }

    func href(_ path: String = "/leads/return") -> String {
        let days =
            span.map { [("span", $0)] } ?? [("from", period.from.text), ("to", period.to.text)]
        return ReturnQuery.address(path, days + [("touch", touch)] + (channel.map { [("channel", $0)] } ?? []))
    }

    func with(touch: String) -> ReturnQuery {
        var other = self
        other.touch = touch
        return other
    }

    func with(span: String) -> ReturnQuery {
        var other = self
        other.span = span
        return other
    }

    func with(channel: String?) -> ReturnQuery {
        var other = self
        other.channel = channel
        return other
    }

    /// A part of the period.
    func with(_ part: Period) -> ReturnQuery {
        var other = self
        other.period = part
        other.span = nil
        return other
    }

    /// The leads behind a figure.
    func leads(_ line: ReturnLine?, reached: String? = nil) -> String {
        var items = [("touch", touch), ("from", period.from.text), ("to", period.to.text)]
        if let line {
            items += [("channel", line.channel), ("campaign", line.campaign.isEmpty ? "-" : line.campaign)]
        } else if let channel {
            items.append(("channel", channel))
        }
        if let reached { items.append(("reached", reached)) }
        return ReturnQuery.address("/leads/leads", items)
    }

    private static func address(_ path: String, _ items: [(name: String, value: String)]) -> String {
        path + "?" + items.map { URLQueryItem(name: $0.name, value: $0.value) }.encoded
    }
}
