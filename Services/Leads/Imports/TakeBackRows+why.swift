import Contracts
import Foundation
import Messaging

extension TakeBackRows {
    /// A lead whose grade a row of the file has made is worth again what the others make of it.
    ///
    /// Where staff has corrected since what the person wants, it goes by that and stays.
    func giveGradesBack(_ sayings: [Saying], _ corrections: [NeedCorrection], _ work: Work) async throws {
        let onLead = Dictionary(grouping: sayings, by: \.submission.leadID)
        let touched = onLead.filter { $1.contains { $0.row != nil } && $1.contains { !$0.isWithdrawn } }
        guard !touched.isEmpty else { return }
        let store = GradeStore(work.tx)
        let decisions = try await store.decisions(about: touched.keys.sorted())
        let (table, channels) = (try await store.table(), try await ChannelStore(work.tx).all())
        let leads = try await LeadStore(work.tx).all(touched.keys.sorted()).filter(\.status.isOpen)
        let given = leads.compactMap { lead -> (lead: Lead, given: GivenGrade)? in
            let (decided, told) = (decisions[lead.id] ?? [], touched[lead.id] ?? [])
            let began = told.filter { $0.row != nil }.map(\.submission.receivedAt).min() ?? .distantFuture
            guard !corrections.contains(where: { $0.lead == lead.id && $0.at >= began }) else { return nil }
            guard let given = GivenGrade(decided, told, by: table, channels) else { return nil }
            return (lead: lead, given: given)
        }
        try store.restore(given.map { ($0.lead.id, $0.given.grade, $0.given.why) })
        let changed = given.filter { $0.lead.grade != $0.given.grade }
        try await note(
            changed.map {
                try .init(leadID: $0.lead.id, kind: "grade", outcome: $0.given.grade.rawValue, why: Self.why([:]))
            },
            work
        )
        try await work.publish(
            changed.map { lead, given in
                let event = LeadGraded(
                    leadID: lead.id,
                    uid: lead.uid,
                    grade: given.grade.rawValue,
                    previous: lead.grade.rawValue,
                    why: Self.why([:])
                )
                return Draft(event, about: lead.id, uid: lead.uid, cause: work.cause)
            }
        )
    }

    /// Says of each lead that a row made or joined what was taken back of its person: how much of what, never what it was.
    func decide(_ plans: [(before: Side, after: TakeBack)], _ work: Work) async throws {
        let entries = try plans.flatMap { _, after in
            let why = Self.why([
                "fields": after.fields.sorted().joined(separator: " "),
                "identifiers": "\(after.removedIdentifiers.count)",
                "rows": after.taken.compactMap(\.row).sorted().prefix(20).map { "\($0)" }.joined(separator: " "),
            ])
            return try Set(after.taken.map(\.submission.leadID)).sorted().map {
                try DecisionStore.Entry(leadID: $0, kind: "facts", outcome: "taken-back", why: why)
            }
        }
        try await note(entries, work)
    }

    static let rule = "import.taken-back"

    private func note(_ entries: [DecisionStore.Entry], _ work: Work) async throws {
        try await DecisionStore(work.tx).insert(entries, actor: work.cause.actor, now: work.now)
    }

    private static func why(_ inputs: [String: String]) -> Why {
        Why(
            rule: Self.rule,
            version: 1,
            inputs: inputs,
            otherwise: "What somebody else has said as well, or staff has changed, stays."
        )
    }
}

/// What a lead is worth without the rows of a file.
///
/// Pure: the last grade before the first that a row has made, and what everybody else said since.
struct GivenGrade: Sendable {
    private(set) var grade: Grade
    private(set) var why: Why

    /// Nil where no row has made a grade; `decisions` come newest first.
    init?(
        _ decisions: [(grade: Grade, why: Why, at: Date)],
        _ sayings: [Saying],
        by table: GradeTable,
        _ channels: [String: Channel]
    ) {
        let rows = Set(sayings.filter { $0.row != nil }.map(\.submission.receivedAt))
        // What another file gave back follows from the same as here.
        let decisions = decisions.filter { $0.why.rule != TakeBackRows.rule }
        guard let first = decisions.lastIndex(where: { rows.contains($0.at) }), first + 1 < decisions.count else {
            return nil
        }
        let before = decisions[first + 1]
        (grade, why) = (before.grade, before.why)
        var inputs = GradeInputs(asText: before.why.inputs)
        func take(_ next: GradeInputs) {
            let (worth, reason) = table.grade(next)
            guard worth != grade else { return }
            (grade, why, inputs) = (worth, reason, next)
        }
        for saying in sayings where !saying.isWithdrawn && saying.submission.receivedAt > before.at {
            guard let enquiry = saying.enquiry else { continue }
            let kind = channels[enquiry.channel]?.kind ?? "unknown"
            take(inputs.adding(GradeInputs(enquiry, channelKind: kind)))
        }
        guard decisions[...first].contains(where: { GradeInputs(asText: $0.why.inputs).hasVisited }) else { return }
        var visited = inputs
        visited.hasVisited = true
        take(visited)
    }
}
