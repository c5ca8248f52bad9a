import Contracts

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
        let conflicts: [Conflict]

        static func == (left: Resolution, right: Resolution) -> Bool {
            left.uid == right.uid && left.conflicts == right.conflicts
        }
    }

    /// Whose each identifier is.
    private(set) var owners: [PersonIdentifier: UID]

    init(known owners: [PersonIdentifier: UID] = [:]) { self.owners = owners }

    /// Resolves one enquiry after those before it; `new` is the UID of a person not known yet.
    mutating func resolve(_ identifiers: [PersonIdentifier], orElse new: UID) -> Resolution {
        let known = Set(identifiers.compactMap { owners[$0] }).sorted()
        let uid = known.first ?? new
        for identifier in identifiers where owners[identifier] == nil { owners[identifier] = uid }
        return Resolution(uid: uid, conflicts: known.dropFirst().map { Conflict(kept: uid, other: $0) })
    }
}
