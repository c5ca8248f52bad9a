import Contracts
import Foundation
import Messaging

/// Keeps what is said of each lead under way, for lists to be sorted and narrowed by.
///
/// Every deal that ends changes the probability of every lead, mostly by less than anybody sees. So what is learned goes into
/// the lists by versions, one after the other: a version is made when the counts differ from those of the last one and that
/// one has come everywhere, and then walks once through the kept scores by their leads' ids, some at a time, and writes only
/// those whose percent is another one now. Where the walk stands is a row, and which version a lead goes by follows from it
/// and the lead's id: nothing is written per lead to say so, a walk goes on where it was stopped, and a lead's page explains
/// the number that the list shows, by the same counts and from the same facts. Had each lead its factors as a key into a
/// table of combinations, a walk would be shorter, but most leads are a combination of their own, and no index would
/// have the order.
///
/// Leads themselves tell of themselves by the ledger's chain when they are new and by a trigger when they change, so that
/// neither the intake nor whoever changes a lead does anything for it. While too little is known nothing is kept, and nothing
/// is done but look whether that is still so.
struct ScoreLeads: Sendable {
    let spine: Spine
    /// Leads that are looked at in one transaction.
    var atOnce = 1_000

    /// Takes one turn, unless somebody else is at it.
    /// - Returns: whether there may be more to do at once.
    func callAsFunction() async throws -> Bool {
        try await spine.perform(Cause(actor: "system")) { try await turn($0) }
    }

    func turn(_ work: Work) async throws -> Bool {
        let store = LeadScoreStore(work.tx)
        guard try await store.takeTurn() else { return false }
        guard var version = try await newest(work) else {
            return try await store.takeChanged(atMost: atOnce).count == atOnce
        }
        if version.speaks {
            let changed = try await store.takeChanged(atMost: atOnce)
            let new = try await store.takeNew(atMost: atOnce)
            try await state(Set(changed + new), version, work)
            // First what is not in the list at all: a walk may take minutes.
            if max(changed.count, new.count) >= atOnce { return true }
        }
        guard !version.isEverywhere else {
            return version.speaks ? false : try await store.takeChanged(atMost: atOnce).count == atOnce
        }
        try await walk(&version, work)
        return !version.isEverywhere
    }

    /// The newest version: a new one where the last one has come everywhere and something else is known by now.
    private func newest(_ work: Work) async throws -> ScoreVersion? {
        let versions = ScoreVersionStore(work.tx)
        let last = try await versions.newest()
        if let last {
            guard last.isEverywhere, try await versions.isOutdated(last) else { return last }
        }
        let (model, policyVersion) = try await ScoreStore(work.tx).learned()
        let spoke = last?.speaks ?? false
        guard spoke || model.speaks else { return last }
        let version = ScoreVersion(
            number: (last?.number ?? 0) + 1,
            policyVersion: policyVersion,
            madeAt: work.now,
            speaks: model.speaks,
            // Where nothing is kept there is nothing to walk through.
            through: spoke ? ScoreVersion.beginning : nil
        )
        try versions.add(version, model)
        if !spoke { try await LeadScoreStore(work.tx).noteAll() }
        return version
    }

    /// Says anew what is said of leads that are new or have changed.
    private func state(_ leads: Set<LeadID>, _ version: ScoreVersion, _ work: Work) async throws {
        guard !leads.isEmpty else { return }
        let versions = ScoreVersionStore(work.tx)
        let newest = try await versions.model(version.number)
        let before = version.isEverywhere ? nil : try await versions.model(version.number - 1)
        let known = try await ScoreStore(work.tx).facts(of: Array(leads), isClosed: false)
        let scores = known.values.filter(\.lead.status.isOpen).compactMap { lead, facts -> LeadScore? in
            let model = version.number(for: lead.id) == version.number ? newest : before
            return model?.score(facts).map {
                LeadScore(leadID: lead.id, receivedAt: lead.receivedAt, facts: facts, percent: $0.percent)
            }
        }
        let store = LeadScoreStore(work.tx)
        try store.save(scores)
        try store.remove(Array(leads.subtracting(scores.map(\.leadID))))
    }

    /// What is said of each lead, said once more of all that are under way, by the versions that they go by.
    var projection: Projection {
        Projection(
            "scores",
            in: [ProjectionTable("lead_scores")],
            settle: { work in
                let store = LeadScoreStore(work.tx)
                guard try await store.takeTurn() else { throw Projection.isBeingKept("scores") }
                guard let version = try await ScoreVersionStore(work.tx).newest(), version.speaks else { return }
                while true {
                    let leads = Set(try await store.takeChanged(atMost: atOnce) + store.takeNew(atMost: atOnce))
                    guard !leads.isEmpty else { return }
                    try await state(leads, version, work)
                }
            },
            build: { work, _ in
                let store = LeadScoreStore(work.tx)
                guard let version = try await ScoreVersionStore(work.tx).newest() else { return }
                guard version.speaks || !version.isEverywhere else { return }
                var place: LeadID?
                while true {
                    let leads = try await store.underWay(after: place, atMost: atOnce)
                    guard let last = leads.last else { return }
                    try await state(Set(leads), version, work)
                    place = last
                }
            }
        )
    }

    /// Brings a version to the next leads.
    private func walk(_ version: inout ScoreVersion, _ work: Work) async throws {
        guard let place = version.through else { return }
        let store = LeadScoreStore(work.tx)
        let next = try await store.next(after: place, atMost: atOnce)
        if version.speaks, let model = try await ScoreVersionStore(work.tx).model(version.number) {
            try store.move(
                next.compactMap { kept in
                    guard let percent = model.score(kept.facts)?.percent, percent != kept.percent else { return nil }
                    var moved = kept
                    moved.percent = percent
                    return moved
                }
            )
        } else {
            try store.remove(next.map(\.leadID))
        }
        version.through = next.count < atOnce ? nil : next.last?.leadID
        try ScoreVersionStore(work.tx).carry(version)
    }
}
