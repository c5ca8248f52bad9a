import Contracts
import Foundation

/// A step of the ladder that is climbed while nobody speaks with the person of a lead.
enum Rung: String, Sendable {
    /// The owner is reminded.
    case remind
    /// The next agent gets it.
    case reassign
    /// The manager hears of it.
    case manager

    /// The step that a lead comes to when its clock has run out; nil when there is none, or the matter is settled.
    init?(after lead: Lead) {
        guard lead.status == .open, lead.contactedAt == nil else { return nil }
        switch lead.step {
        // A lead in the pool has nobody to remind: the search for an agent comes first.
        case .waiting where lead.ownerID != nil: self = .remind
        case .waiting, .reminded: self = .reassign
        case .reassigned: self = .manager
        case .escalated, .stopped: return nil
        }
    }

    /// Where a lead is that has taken it.
    var step: ResponseStep {
        switch self {
        case .remind: .reminded
        case .reassign: .reassigned
        case .manager: .escalated
        }
    }

    /// How long until the next step, in seconds; nil after the last.
    func pause(by target: ResponseTarget) -> Double? {
        switch self {
        case .remind: target.reassignAfter
        case .reassign: target.managerAfter
        case .manager: nil
        }
    }

    /// Why it was taken.
    func why(_ lead: Lead, _ target: ResponseTarget) -> Why {
        var inputs = [
            "grade": lead.grade.rawValue, "respondWithin": "\(Int(target.respondWithin)) s",
            "attempts": "\(lead.attempts)",
        ]
        inputs["calendar"] = target.calendar.map { "\($0)" }
        return Why(
            rule: "response.\(rawValue)",
            version: target.version,
            inputs: inputs,
            otherwise: "A contact that reached the person before would have stopped the clock. \(outlook)"
        )
    }

    private var outlook: String {
        switch self {
        case .remind: "The next agent would get it."
        case .reassign: "The manager would be told."
        case .manager: "It was the last step."
        }
    }
}
