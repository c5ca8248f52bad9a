import Foundation
import Hummingbird
import Web

/// What the address of the ledger's list says: a link that can be shared.
struct LedgerQuery: Sendable, Equatable {
    static let outcomes = ["accepted", "merged", "duplicate", "rejected"]

    var outcome: String?
    /// Why something was rejected.
    var reason: String?
    var channel: String?

    init() {}

    init(_ request: Request) {
        outcome = request.query("outcome").flatMap { Self.outcomes.contains($0) ? $0 : nil }
        reason = request.query("reason").flatMap { $0.isEmpty ? nil : $0 }
        channel = request.query("channel").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The same list with one thing changed.
    func with(_ change: (inout LedgerQuery) -> Void) -> LedgerQuery {
        var other = self
        change(&other)
        return other
    }

    func href(cursor: String? = nil) -> String {
        let parts = [("outcome", outcome), ("reason", reason), ("channel", channel), ("cursor", cursor)]
        let query = parts.compactMap { name, value in value.map { "\(name)=\($0.asQueryValue)" } }
        return "/leads/ledger" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }
}

extension LedgerQuery {
    /// By outcome; another outcome has other reasons.
    func byOutcome(_ viewer: Viewer) -> [FilterLink] {
        let all = with { ($0.outcome, $0.reason) = (nil, nil) }
        return [FilterLink(viewer.text("common.all"), all.href(), isCurrent: outcome == nil && reason == nil)]
            + Self.outcomes.map { one in
                let link = with { ($0.outcome, $0.reason) = (one, nil) }
                return FilterLink(viewer.text("ledger.outcome.\(one)"), link.href(), isCurrent: outcome == one)
            }
    }

    /// By why something was rejected; the same click again takes it back.
    func byReason(_ reasons: [String], _ viewer: Viewer) -> [FilterLink] {
        reasons.map { one in
            let link = with { $0.reason = reason == one ? nil : one }
            return FilterLink(viewer.word("ledger.reason", one), link.href(), isCurrent: reason == one)
        }
    }

    /// By channel; the same click again takes it back.
    func byChannel(_ channels: [String], _ viewer: Viewer) -> [FilterLink] {
        channels.map { one in
            let link = with { $0.channel = channel == one ? nil : one }
            return FilterLink(viewer.channel(one), link.href(), isCurrent: channel == one)
        }
    }
}
