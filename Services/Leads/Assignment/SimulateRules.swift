import Contracts
import Foundation
import Messaging

/// What a changed set of rules would have done with the leads of the last days, beside what the one in force would have.
///
/// Who was there when a lead came, and had room for it, is who could have had it: as it was written down then. Or everybody
/// who sells is taken to be free, so that what differs is the rules' doing alone.
struct Simulation: Sendable, Equatable {
    /// How many leads would have gone somewhere, by the one set and by the other.
    struct Pair: Sendable, Equatable {
        var before = 0
        var after = 0
    }

    /// A lead that would go elsewhere.
    struct Moved: Sendable, Equatable {
        let leadID: LeadID
        let receivedAt: Date
        let before: Place
        let after: Place
    }

    /// Where a lead goes, and by which rule.
    struct Place: Sendable, Equatable {
        let rule: String
        let ownerID: StaffID?
        let teamID: TeamID?
        let pool: String?

        init(_ assignment: Assignment) {
            rule = assignment.why.rule
            ownerID = assignment.ownerID
            teamID = assignment.teamID
            pool = assignment.pool
        }

        /// Whether another rule, team or pool has it; among the agents of a rule it is only the turn that differs.
        func isElsewhere(than other: Place) -> Bool {
            rule != other.rule || teamID != other.teamID || pool != other.pool
        }
    }

    /// Leads of the time that were looked at.
    private(set) var looked = 0
    /// Leads of which it is not known who was there: everybody is taken to have been.
    private(set) var unknown = 0
    /// How many of them would go elsewhere.
    private(set) var movedCount = 0
    /// The first of those.
    private(set) var moved: [Moved] = []
    private(set) var agents: [StaffID: Pair] = [:]
    private(set) var teams: [TeamID: Pair] = [:]
    private(set) var pools: [String: Pair] = [:]
    private(set) var rules: [String: Pair] = [:]
    private var present: Roster
    private var wanted: Roster
    /// Everybody who sells, with nothing to do.
    private let free: [Agent]
    /// Who is there now is who was at the time of this roster.
    private var standing: UUID?

    /// As many of those that would go elsewhere are kept by name.
    static let kept = 100

    init(present: RuleSet, wanted: RuleSet, agents: [Agent]) {
        free = agents.map { agent in
            Agent(
                id: agent.id,
                teamID: agent.teamID,
                projects: agent.projects,
                districts: agent.districts,
                capacity: .max
            )
        }
        self.present = Roster(rules: present, agents: free)
        self.wanted = Roster(rules: wanted, agents: free)
    }

    /// `there` is who was there, by roster; where it does not say that of the lead's, everybody was.
    mutating func take(_ lead: LeadFactsStore.Seen, among there: [UUID: [Agent]]) {
        let roster = lead.rosterID.flatMap { there[$0] == nil ? nil : $0 }
        if roster != standing {
            let people = roster.flatMap { there[$0] } ?? free
            present.goOn(with: people)
            wanted.goOn(with: people)
            standing = roster
        }
        if roster == nil { unknown += 1 }
        let question = AssignmentQuestion(
            lead.facts,
            previousOwner: lead.previousOwner,
            enteredBy: lead.enteredBy
        )
        let before = Place(present.assign(question))
        let after = Place(wanted.assign(question))
        looked += 1
        count(before, \.before)
        count(after, \.after)
        guard after.isElsewhere(than: before) else { return }
        movedCount += 1
        guard moved.count < Self.kept else { return }
        moved.append(Moved(leadID: lead.leadID, receivedAt: lead.receivedAt, before: before, after: after))
    }

    private mutating func count(_ place: Place, _ side: WritableKeyPath<Pair, Int>) {
        rules[place.rule, default: Pair()][keyPath: side] += 1
        if let owner = place.ownerID { agents[owner, default: Pair()][keyPath: side] += 1 }
        if let team = place.teamID { teams[team, default: Pair()][keyPath: side] += 1 }
        if let pool = place.pool { pools[pool, default: Pair()][keyPath: side] += 1 }
    }
}

/// Runs a set of rules over leads that have come already; changes nothing.
struct SimulateRules: Sendable {
    /// Leads that are looked at, about: of more, every so-manieth.
    static let sample = 20_000
    static let days = 1...90
    private static let atOnce = 1_000

    let spine: Spine

    struct Result: Sendable {
        let simulation: Simulation
        /// Leads of the time, counted up to a million.
        let total: Int
        let isSampled: Bool
        let isEverybodyFree: Bool
    }

    /// With `isEverybodyFree` it does not matter who was there when a lead came.
    func callAsFunction(_ wanted: RuleSet, days: Int, isEverybodyFree: Bool = false) async throws -> Result {
        let now = spine.clock.now
        let since = now.addingTimeInterval(-Double(days) * 86_400)
        let (present, agents, total) = try await spine.read { tx in
            (
                try await RuleSetStore(tx).current().set, try await RosterStore(tx).everybody(at: now),
                try await LeadFactsStore(tx).count(since: since, atMost: 1_000_000)
            )
        }
        var simulation = Simulation(present: present, wanted: wanted, agents: agents)
        let share = min(256, max(1, 256 * Self.sample / max(1, total)))
        var place = (at: since, id: UUID.lowest)
        // A short transaction for each piece: nothing is held while it is reckoned.
        while true {
            let from = place
            let (piece, there) = try await spine.read { tx in
                let store = LeadFactsStore(tx)
                let piece = try await store.sample(after: from, until: now, of256: share, limit: Self.atOnce)
                let rosters = isEverybodyFree ? [] : Set(piece.compactMap(\.rosterID))
                return (piece, try await RosterSnapshotStore(tx).everybody(of: rosters))
            }
            for lead in piece { simulation.take(lead, among: there) }
            guard let last = piece.last, piece.count == Self.atOnce else { break }
            place = (last.receivedAt, last.leadID.uuid)
        }
        return Result(
            simulation: simulation,
            total: total,
            isSampled: share < 256,
            isEverybodyFree: isEverybodyFree
        )
    }
}

extension UUID {
    /// Before every other.
    static let lowest = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
}
