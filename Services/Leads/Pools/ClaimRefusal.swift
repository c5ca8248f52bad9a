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
    case dayLimit(today: Int)
    case heldLimit(held: Int)
    /// They had it and it was taken from them; they may claim it again from then on.
    case formerOwner(from: Date)
    case taken(by: String, at: Date)

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
        case .dayLimit(let today):
            Rejection(.conflict, "claim-day-limit", "You have claimed \(today) leads today; more tomorrow.")
        case .heldLimit(let held):
            Rejection(.conflict, "claim-held-limit", "You hold \(held) claimed leads; close one first.")
        case .formerOwner(let from):
            Rejection(
                .conflict,
                "claim-former-owner",
                "It was yours: you may claim it again from \(Wire.text(of: from)) on."
            )
        case .taken(let name, let at):
            Rejection(.conflict, "claimed-already", "\(name) has had it since \(Wire.text(of: at)).")
        }
    }

    /// As a page says it.
    func words(_ viewer: Viewer) -> String {
        let values: [String: String] =
            switch self {
            case .onlyAgents, .otherTeam, .frozen: [:]
            case .full(let count), .dayLimit(let count), .heldLimit(let count): ["n": String(count)]
            case .formerOwner(let from): ["time": viewer.instant(from)]
            case .taken(let name, let at): ["name": name, "time": viewer.instant(at)]
            }
        return viewer.text("refusal.\(rejection.code)", values)
    }
}
