import Contracts
import Foundation

/// Who takes a new case: somebody of the desk who is on shift and has the least to do, else a supervisor, else nobody yet.
enum OwnerChoice {
    static let version = 1

    /// Somebody who is on shift.
    struct Candidate: Sendable, Equatable {
        let id: StaffID
        let role: String
        let openCases: Int
        let lastGivenAt: Date?
    }

    /// The owner, if there is anybody, and why it is them.
    static func choose(among candidates: [Candidate]) -> (owner: StaffID?, why: Why) {
        var tried: [String] = []
        for role in ["service", "supervisor"] {
            let ranked = candidates.filter { $0.role == role }.sorted(by: isBefore)
            if let first = ranked.first { return (first.id, why(first, of: ranked, tried)) }
            tried.append("owner.\(role)-on-shift")
        }
        let why = Why(
            rule: "owner.nobody-on-shift",
            version: version,
            inputs: ["onShift": "0"],
            tried: tried,
            otherwise: "Somebody of the service desk on shift would have taken it."
        )
        return (nil, why)
    }

    /// A supervisor's own word.
    static func given(by supervisor: StaffID) -> Why {
        Why(
            rule: "owner.given-by-supervisor",
            version: version,
            inputs: ["by": supervisor.description],
            otherwise: "A supervisor may give it to somebody else at any time."
        )
    }

    /// Fewest open cases first; then who was given one the longest ago, never counting as longest; then the older id.
    private static func isBefore(_ left: Candidate, _ right: Candidate) -> Bool {
        let leftGiven = left.lastGivenAt ?? .distantPast
        let rightGiven = right.lastGivenAt ?? .distantPast
        return (left.openCases, leftGiven, left.id) < (right.openCases, rightGiven, right.id)
    }

    private static func why(_ chosen: Candidate, of ranked: [Candidate], _ tried: [String]) -> Why {
        var inputs = ["openCases": "\(chosen.openCases)", "onShift": "\(ranked.count)"]
        if let runnerUp = ranked.dropFirst().first { inputs["nextOpenCases"] = "\(runnerUp.openCases)" }
        if let given = chosen.lastGivenAt { inputs["lastGivenAt"] = Wire.text(of: given) }
        return Why(
            rule: "owner.\(chosen.role)-least-busy",
            version: version,
            inputs: inputs,
            tried: tried,
            otherwise: ranked.count > 1
                ? "A colleague on shift with fewer open cases would have taken it."
                : "A colleague on shift would have shared the work."
        )
    }
}
