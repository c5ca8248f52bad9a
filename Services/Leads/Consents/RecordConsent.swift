import Contracts
import Failures
import Foundation
import Messaging
import Web

/// What a member of staff has heard a person allow or take back.
struct HeardConsent: Sendable, Equatable {
    let saying: ConsentSaying
    /// One of ``ways``.
    let heardBy: String
    let reason: String
    /// When the person said it, where that was before today.
    var saidAt: Date?
    /// What they agreed to, or its version.
    var words: String?

    /// How one hears it.
    static let ways = ["call", "meeting", "message", "paper"]

    /// - Throws: a ``Failures/Rejection`` that names the first field that is wrong.
    init(
        allows: Bool,
        purposes: [String],
        means: [String],
        heardBy: String?,
        reason: String?,
        saidAt: Date? = nil,
        words: String? = nil
    ) throws {
        let scope = try HeardConsent.scope(purposes, means)
        saying = allows ? ConsentSaying(allowed: scope) : ConsentSaying(refused: scope)
        guard let heardBy, HeardConsent.ways.contains(heardBy) else {
            let ways = HeardConsent.ways.joined(separator: ", ")
            throw Rejection.invalid("heardBy", "unknown-choice", "heardBy is one of \(ways).")
        }
        self.heardBy = heardBy
        guard let reason = reason?.withoutNUL.cleaned(atMost: 500) else {
            throw Rejection.invalid("reason", "missing", "reason says why this is noted.")
        }
        self.reason = reason
        self.saidAt = saidAt
        self.words = allows ? words?.withoutNUL.cleaned(atMost: 200) : nil
    }

    private static func scope(_ purposes: [String], _ means: [String]) throws -> ConsentScope {
        func known<Value: RawRepresentable & CaseIterable>(_ names: [String], _ field: String) throws -> [Value]
        where Value.RawValue == String {
            let found = names.compactMap { Value(rawValue: $0) }
            guard !found.isEmpty, found.count == names.count else {
                let all = Value.allCases.map(\.rawValue).joined(separator: ", ")
                throw Rejection.invalid(field, "unknown-choice", "\(field) are some of \(all).")
            }
            return found
        }
        let all: ([ConsentPurpose], [ConsentMeans]) = (try known(purposes, "purposes"), try known(means, "means"))
        return all.0.reduce(into: []) { scope, purpose in
            for one in all.1 { scope.insert(ConsentScope(purpose, by: one)) }
        }
    }
}

/// A member of staff notes what a person allows or takes back, how they heard it and why it is noted.
///
/// It is kept whether it changes anything or not: that somebody said it again is part of the history.
struct RecordConsent: Sendable {
    let tell: TellOfPerson

    func callAsFunction(_ named: UID, _ heard: HeardConsent, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        if let saidAt = heard.saidAt, saidAt > work.now {
            throw Rejection.invalid("saidAt", "in-the-future", "saidAt is not later than now.")
        }
        let uid = try await AliasStore(work.tx).survivor(of: named)
        guard try await LeadQueryStore(work.tx).seesPerson(uid, sight) else {
            throw Rejection.notFound("person", named)
        }
        try await ErasureStore(work.tx).refuseErased([uid])
        var telling = Telling(
            // It goes along with the UID that it is said of when a merge is taken back.
            origin: named,
            id: .v7(at: work.now),
            source: .staff,
            actor: work.cause.actor,
            told: heard.saying.told,
            toldAt: work.now
        )
        telling.heardBy = heard.heardBy
        telling.reason = heard.reason
        telling.saidAt = heard.saidAt
        telling.words = heard.words
        try await tell.keep(telling, of: try await SideStore(work.tx).taken(uid), work)
    }
}
