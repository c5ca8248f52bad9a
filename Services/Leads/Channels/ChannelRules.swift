import Contracts
import Failures

/// What a channel may be called, and what may be said of it.
enum ChannelRules {
    static let kinds = [
        "website", "ad", "portal", "showroom", "event", "phone", "field", "referral", "social", "partner",
    ]

    /// - Throws: a ``Rejection`` for what could not be a routing key's second word, or already means something else.
    static func check(name: String) throws {
        guard name.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,62}/) != nil else {
            throw Rejection.invalid(
                "name",
                "not-a-channel-name",
                "name has 1 to 63 small letters, digits and hyphens, and does not begin with a hyphen."
            )
        }
        guard name != "unknown" else {
            throw Rejection.invalid("name", "reserved-name", "name is kept for submissions that name no channel.")
        }
    }

    /// The draft without what does not count; `before` is the kind that the channel has, which may be an older one.
    static func checked(_ draft: ChannelDraft, before: String? = nil) throws -> ChannelDraft {
        guard kinds.contains(draft.kind) || draft.kind == before else {
            throw Rejection.invalid("kind", "unknown-kind", "kind is one of \(kinds.joined(separator: ", ")).")
        }
        var draft = draft
        draft.title = draft.title?.cleaned(atMost: 100)
        draft.defaultCampaign = draft.defaultCampaign?.cleaned(atMost: 100)
        _ = try cost(draft)
        return draft
    }

    static func cost(_ draft: ChannelDraft) throws -> ChannelCost? {
        guard let basis = draft.costBasis else { return nil }
        guard let known = ChannelCost.Basis(rawValue: basis) else {
            throw Rejection.invalid("costBasis", "unknown-basis", "costBasis is lead or month.")
        }
        guard let minor = draft.costMinor, minor >= 0, minor <= 1_000_000_000_000 else {
            throw Rejection.invalid("costMinor", "out-of-range", "costMinor lies between 0 and 10^12.")
        }
        let currency = (draft.currency ?? "CNY").uppercased()
        guard currency.wholeMatch(of: /[A-Z]{3}/) != nil else {
            throw Rejection.invalid("currency", "not-a-currency", "currency is an ISO 4217 code.")
        }
        return ChannelCost(basis: known, amount: Money(minor: minor, currency: currency))
    }
}
