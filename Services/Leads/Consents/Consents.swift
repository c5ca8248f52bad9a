import Contracts
import Foundation

/// What a person allows and forbids, for which purpose and by which means, and what that goes by.
struct Consents: Sendable, Equatable {
    /// One thing that was said, as far as it still holds.
    struct Ground: Sendable, Equatable {
        let allows: Bool
        var scope: ConsentScope
        /// The telling that says so.
        let id: UUID
        let source: String
        /// When it was said.
        let at: Date
        let words: String?

        /// In the order in which things were said, which two of one instant have, too.
        fileprivate func precedes(_ other: Ground) -> Bool {
            if at != other.at { return at < other.at }
            return id == other.id ? allows && !other.allows : id.wire < other.id.wire
        }
    }

    /// No two speak of the same; in the order in which they were said.
    private(set) var grounds: [Ground] = []

    init() {}

    init(_ grounds: [Ground]) { self.grounds = grounds.sorted { $0.precedes($1) } }

    subscript(purpose: ConsentPurpose, means: ConsentMeans) -> Ground? {
        let one = ConsentScope(purpose, by: means)
        return grounds.first { $0.scope.contains(one) }
    }

    var allowed: ConsentScope { scope { $0.allows } }
    var refused: ConsentScope { scope { !$0.allows } }

    private func scope(_ isMeant: (Ground) -> Bool) -> ConsentScope {
        grounds.filter(isMeant).reduce(into: []) { $0.formUnion($1.scope) }
    }

    /// Takes in what was said.
    ///
    /// A no stands until what binds takes it back: a member of staff notes that the person allows it again. A yes fills what
    /// was open, and goes before an earlier yes.
    mutating func hear(_ said: Ground, isBinding: Bool) {
        var news = said
        var kept: [Ground] = []
        for ground in grounds {
            let common = ground.scope.intersection(news.scope)
            var rest = ground
            if Consents.stands(ground, against: said, isBinding) {
                news.scope.subtract(common)
            } else {
                rest.scope.subtract(common)
            }
            if !rest.scope.isEmpty { kept.append(rest) }
        }
        if !news.scope.isEmpty { kept.append(news) }
        self = Consents(kept)
    }

    private static func stands(_ ground: Ground, against said: Ground, _ isBinding: Bool) -> Bool {
        switch (ground.allows, said.allows) {
        case (true, false): false
        case (false, true): !isBinding || said.at <= ground.at
        case (false, false): ground.precedes(said)
        case (true, true): said.precedes(ground)
        }
    }

    /// Takes in what a telling says.
    mutating func hear(_ telling: Telling) {
        for said in telling.sayings { hear(said, isBinding: telling.isBinding) }
    }

    /// As other services hear of it.
    var consent: Consent { Consent(allowed: allowed, refused: refused) }

    /// What it goes by, as other services hear of it and as it is stored; nil where nobody has said anything.
    var told: [ConsentGround]? {
        guard !grounds.isEmpty else { return nil }
        return grounds.map { ground in
            ConsentGround(
                allows: ground.allows,
                scope: ground.scope.names,
                source: ground.source,
                at: ground.at,
                id: ground.id,
                words: ground.words
            )
        }
    }
}

extension Consents {
    /// As it is stored.
    ///
    /// `means` is what the version before this one has stored, and may be storing still: of a person whom only that one has
    /// written there is nothing else, and a no of it holds.
    init(stored: [ConsentGround]?, means: Consent, of uid: UID, since: Date) {
        self.init(
            (stored ?? []).map { ground in
                Ground(
                    allows: ground.allows,
                    scope: ConsentScope(names: ground.scope),
                    id: ground.id,
                    source: ground.source,
                    at: ground.at,
                    words: ground.words
                )
            }
        )
        let known = consent
        for one in ConsentMeans.allCases {
            switch means[one] {
            case true? where stored == nil: hear(earlier(true, one, of: uid, since), isBinding: false)
            case false? where known[one] != false: hear(earlier(false, one, of: uid, since), isBinding: false)
            default: break
            }
        }
    }

    private func earlier(_ allows: Bool, _ means: ConsentMeans, of uid: UID, _ since: Date) -> Ground {
        Ground(
            allows: allows,
            scope: ConsentScope(by: means),
            id: uid.uuid,
            source: Telling.Source.earlier.rawValue,
            at: since,
            words: nil
        )
    }
}
