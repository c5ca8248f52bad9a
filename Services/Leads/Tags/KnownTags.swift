import Contracts

/// What was known of a person before they wrote again: the tags that hold, and what staff said is wrong.
struct KnownTags: Sendable, Equatable {
    /// As others are told of them.
    var holding: [PersonTag] = []
    /// Each as `key=value`.
    var rejected: Set<String> = []

    /// What holds once these are taken in too, as rules compare it: each as `key=value`.
    func pairs(with said: [SaidTag]) -> [String] {
        let all = holding.map { "\($0.key)=\($0.value)" } + said.map(\.pair).filter { !rejected.contains($0) }
        return Set(all).sorted()
    }

    /// What is handed over with a lead: what is known, and what was surmised of the enquiry's words.
    ///
    /// The rest of what it says is its need, which the lead itself tells.
    func handedOver(with said: [SaidTag]) -> [PersonTag] {
        let pairs = Set(holding.map { "\($0.key)=\($0.value)" }).union(rejected)
        let surmised = said.filter { $0.key == TagKey.interest.rawValue && !pairs.contains($0.pair) }
        return holding
            + surmised.map {
                PersonTag(
                    key: $0.key,
                    value: $0.value,
                    source: Tag.Source.enquiry.rawValue,
                    confidence: $0.confidence,
                    isConfirmed: false
                )
            }
    }
}

extension SaidTag {
    /// As rules and sequences compare it.
    var pair: String { "\(key)=\(value)" }
}
