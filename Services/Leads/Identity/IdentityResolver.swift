import Contracts

/// Whose an identifier is: the person, and the UID that it was told of, which is another when the two were merged.
struct Holder: Sendable, Hashable {
    let uid: UID
    let side: UID

    init(_ uid: UID, side: UID? = nil) {
        self.uid = uid
        self.side = side ?? uid
    }
}

/// Finds out who is who: the same phone, e-mail or wechat id is the same person.
///
/// Pure. UIDs sort by age, so of two persons the smaller UID is the older one.
struct IdentityResolver {
    /// A submission that speaks of two persons we knew as two.
    struct Conflict: Sendable, Hashable {
        let kept: UID
        let other: UID
    }

    struct Resolution: Sendable, Equatable {
        let uid: UID
        /// The side of the person that the enquiry names; the person itself where it names several, or none.
        let side: UID
        let conflicts: [Conflict]
        /// Identifiers that the enquiry names and that are somebody else's.
        let foreign: [PersonIdentifier]
    }

    /// Whose each identifier is.
    private(set) var owners: [PersonIdentifier: Holder]
    private let different: DifferentPeople

    init(known owners: [PersonIdentifier: Holder] = [:], different: DifferentPeople = DifferentPeople()) {
        self.owners = owners
        self.different = different
    }

    /// Resolves one enquiry after those before it; `new` is the UID of a person not known yet.
    mutating func resolve(_ identifiers: [PersonIdentifier], name: String? = nil, orElse new: UID) -> Resolution {
        let holders = identifiers.compactMap { owners[$0] }
        let known = Set(holders.map(\.uid)).sorted()
        let uid = known.count > 1 ? different.choose(among: known, name: name) : known.first ?? new
        let sides = Set(holders.filter { $0.uid == uid }.map(\.side))
        let side = sides.count == 1 ? sides.first ?? uid : uid
        for identifier in identifiers where owners[identifier] == nil { owners[identifier] = Holder(uid, side: side) }
        let conflicts = known.filter { $0 != uid && !different.areApart($0, uid) }
        return Resolution(
            uid: uid,
            side: side,
            conflicts: conflicts.map { Conflict(kept: min(uid, $0), other: max(uid, $0)) },
            foreign: known.count > 1 ? identifiers.filter { owners[$0]?.uid != uid } : []
        )
    }
}

/// Who has been said to be different people, and what they are called.
struct DifferentPeople: Sendable {
    private var pairs: Set<UIDPair> = []
    private var names: [UID: String] = [:]

    init(_ pairs: Set<UIDPair> = [], names: [UID: String] = [:]) {
        self.pairs = pairs
        self.names = names
    }

    func areApart(_ one: UID, _ other: UID) -> Bool { pairs.contains(UIDPair(one, other)) }

    /// Whom an enquiry is of that speaks of several: the oldest, but among different people the one with its name.
    func choose(among known: [UID], name: String?) -> UID {
        let oldest = known[0]
        guard known.dropFirst().contains(where: { areApart(oldest, $0) }), let name = name.map(NameForm.init) else {
            return oldest
        }
        let namesakes = known.filter { names[$0].map(NameForm.init) == name }
        return namesakes.count == 1 ? namesakes[0] : oldest
    }
}

/// Two UIDs, the older first.
struct UIDPair: Sendable, Hashable {
    let low: UID
    let high: UID

    init(_ one: UID, _ other: UID) {
        low = min(one, other)
        high = max(one, other)
    }
}

extension Holder {
    /// What is stored of the side: nothing where it is the person.
    var origin: UID? { side == uid ? nil : side }
}
