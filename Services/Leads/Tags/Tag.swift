import Contracts
import Foundation

/// What is known of a person: a key and a value, and where that is from.
struct Tag: Sendable, Equatable {
    /// Who says so.
    enum Source: String, Sendable, CaseIterable {
        case staff
        /// What happened.
        case events
        /// What the person wrote.
        case enquiry
    }

    /// What a member of staff said of it.
    enum Standing: String, Sendable {
        case open
        case confirmed
        case rejected
    }

    var key: String
    var value: String
    var source: Source
    /// Percent.
    var confidence: Int
    var origin: String
    var notedAt: Date
    var validUntil: Date?
    /// The UID that it was told of, where that is another than the person's.
    var toldOf: UID?
    var standing = Standing.open
    var judgedAt: Date?
    /// It holds: it is not rejected, has not expired, and none that contradicts it stands above it.
    var isWinner = false

    /// Whether another one is this tag, seen at another time or told of another side.
    func isSame(as other: Tag) -> Bool { key == other.key && value == other.value && source == other.source }

    /// Whether another one is this tag, seen at another time.
    func isSeenAgain(in other: Tag) -> Bool { isSame(as: other) && toldOf == other.toldOf }

    /// Whether the first of two tags that contradict each other stands above the second.
    ///
    /// What staff confirmed, then what staff said, then what happened, then what was written; then the surer, the newer,
    /// and at last the value, and the side that it was told of, so that the answer is the same in whatever order they came.
    static func stands(_ left: Tag, above right: Tag) -> Bool {
        func rank(_ tag: Tag) -> (Int, Int, Int) {
            let source = Source.allCases.firstIndex(of: tag.source) ?? 0
            return (tag.standing == .confirmed ? 0 : 1, source, -tag.confidence)
        }
        if rank(left) != rank(right) { return rank(left) < rank(right) }
        if left.notedAt != right.notedAt { return left.notedAt > right.notedAt }
        if left.value != right.value { return left.value < right.value }
        return (left.toldOf?.description ?? "") < (right.toldOf?.description ?? "")
    }

    /// A person's tags, each told whether it holds at `now`.
    static func judged(_ tags: [Tag], at now: Date) -> [Tag] {
        var judged = tags
        for index in judged.indices { judged[index].isWinner = false }
        let known = tags.asStaffSaid
        let places = known.spokesmen(among: known.indices.filter { known[$0].mayHold(at: now) })
        // Of a key that takes one value all contradict each other; of others only the same value from two sources.
        let rivals = Dictionary(grouping: places) { place -> [String] in
            let tag = judged[place]
            return TagKey.takesOne(tag.key) ? [tag.key] : [tag.key, tag.value]
        }
        for group in rivals.values {
            let best = group.min { stands(known[$0], above: known[$1]) }
            if let best { judged[best].isWinner = true }
        }
        return judged
    }

    private func mayHold(at now: Date) -> Bool { standing != .rejected && (validUntil.map { $0 > now } ?? true) }
}

/// The keys that Lintel itself writes; staff may write others.
enum TagKey: String, CaseIterable {
    case budget
    case purpose
    case timeframe
    case region
    case layout
    case project
    /// What matters to the person: schools, transport, investment…
    case interest
    /// How often they came to see us.
    case visits
    /// What they bought before.
    case owner
    /// Which layer of buyers they are in.
    case worth

    /// What is reckoned, and said by nobody.
    var isReckoned: Bool { self == .visits || self == .worth }

    /// Whether a person has one value of the key at most.
    static func takesOne(_ key: String) -> Bool {
        switch TagKey(rawValue: key) {
        case .budget, .purpose, .timeframe, .visits, .owner, .worth: true
        case .region, .layout, .project, .interest, nil: false
        }
    }
}
