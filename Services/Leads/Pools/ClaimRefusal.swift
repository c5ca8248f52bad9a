import Contracts
import Failures
import Foundation
import Web

/// Why somebody may not have a lead from a pool now, with what it takes to say it in anybody's language.
enum ClaimRefusal: Error, Equatable {
    case onlyAgents
    case otherTeam
    case frozen
    case full(load: Int)
    /// They may claim again from then on.
    case dayLimit(today: Int, ClaimLimits.Limit, from: Date)
    case heldLimit(held: Int, ClaimLimits.Limit)
    /// They had it and it was taken from them; they may claim it again from then on.
    case formerOwner(ClaimLimits.Limit, from: Date)
    /// It has just come into the pool; it may be claimed from then on.
    case newLead(ClaimLimits.Limit, from: Date)
    case taken(ClaimStore.Taken)

    /// As the API says it.
    var rejection: Rejection {
        switch self {
        case .onlyAgents:
            Rejection(.forbidden, "only-agents-claim", "Only agents claim leads.")
        case .otherTeam:
            Rejection(.forbidden, "not-your-pool", "The lead waits in a pool of another team.")
        case .frozen:
            Rejection(.conflict, "lead-frozen", "A manager keeps the lead back.")
        case .full(let load):
            Rejection(.conflict, "claim-full", "You have \(load) open leads, which is as many as you may have.")
        case .dayLimit(let today, let limit, let from):
            Rejection(
                .conflict,
                "claim-day-limit",
                "You have claimed \(today) leads today, of \(limit.value) that \(limit.source) allows a day; "
                    + "again from \(Wire.text(of: from)) on."
            )
        case .heldLimit(let held, let limit):
            Rejection(
                .conflict,
                "claim-held-limit",
                "You hold \(held) claimed leads, of \(limit.value) that \(limit.source) allows at once; "
                    + "again as soon as you have closed one."
            )
        case .formerOwner(let limit, let from):
            Rejection(
                .conflict,
                "claim-former-owner",
                "It was yours: \(limit.source) lets you claim it again after \(limit.value) days, "
                    + "from \(Wire.text(of: from)) on."
            )
        case .newLead(let limit, let from):
            Rejection(
                .conflict,
                "claim-new-lead",
                "It has just come: \(limit.source) lets it be claimed after \(limit.value) hours, "
                    + "from \(Wire.text(of: from)) on."
            )
        case .taken(let taken):
            Rejection(.conflict, "claimed-already", "\(taken.name) has had it since \(Wire.text(of: taken.at)).")
        }
    }

    /// As a page says it.
    func words(_ viewer: Viewer) -> String {
        let values: [String: String] =
            switch self {
            case .onlyAgents, .otherTeam, .frozen: [:]
            case .full(let count): ["n": String(count)]
            case .dayLimit(let count, let limit, let from):
                limit.words(viewer).merging(["n": String(count), "time": viewer.instant(from)]) { $1 }
            case .heldLimit(let count, let limit): limit.words(viewer).merging(["n": String(count)]) { $1 }
            case .formerOwner(let limit, let from), .newLead(let limit, let from):
                limit.words(viewer).merging(["time": viewer.instant(from)]) { $1 }
            case .taken(let taken): ["name": taken.name, "time": viewer.instant(taken.at)]
            }
        return viewer.text("refusal.\(rejection.code)", values)
    }
}

extension ClaimLimits.Limit {
    /// As the API calls it.
    fileprivate var source: String { pool.map { "the pool \($0.name) itself" } ?? "the policy \(ClaimPolicy.name)" }

    fileprivate func words(_ viewer: Viewer) -> [String: String] {
        let whose = pool.map { viewer.text("pools.limit-own", ["pool": PoolWords.title($0, viewer)]) }
        return ["limit": String(value), "whose": whose ?? viewer.text("pools.limit-policy")]
    }
}
