import Contracts
import Foundation
import Messaging
import Web

/// Two persons side by side, field by field, with what would hold of them as one.
struct Comparison: Sendable {
    let plan: MergePlan
    let tags: [UID: [Tag]]
    let review: Review?
    let isPinned: Bool
    /// Of whom the viewer sees a lead; of the others they learn only what does not tell who that is.
    let seen: Set<UID>
    /// Whose numbers the viewer sees whole.
    let responsible: Set<UID>
    let staff: [StaffID: String]

    func page(_ viewer: Viewer) -> ComparePage {
        let words = PersonWords(viewer: viewer, staff: staff, isMasked: true)
        let names = [plan.survivor, plan.merged].map { side in
            seen.contains(side.uid)
                ? side.person.name ?? viewer.text("leads.nameless") : viewer.text("reviews.beyond")
        }
        let mayDecide = !isPinned && review.map(\.isWaiting) ?? true
        return ComparePage(
            header: PageHeader(viewer.text("reviews.compare.title"), sub: names.joined(separator: " · ")),
            why: review.map { words.why($0.why, viewer.text("reviews.found")) },
            isPinned: isPinned,
            columns: ["field", "older", "newer", "result"].map { viewer.text("reviews.compare.\($0)") },
            rows: identifiers(viewer) + fields(words) + consents(words) + tags(viewer) + [leads(viewer)],
            leads: plan.folding.hidden.isEmpty ? nil : viewer.text("reviews.one-lead-stands"),
            action: review.map { "/leads/reviews/\($0.id.wire)/decide" } ?? "/leads/persons/\(plan.survivor.uid)/merge",
            isReview: review != nil,
            fields: [
                .init(name: "keep", value: plan.survivor.uid.description),
                .init(name: "other", value: plan.merged.uid.description),
            ],
            mayDecide: mayDecide && !isBeyond,
            isBeyond: isBeyond,
            mayPropose: mayDecide && isBeyond && review == nil
        )
    }

    /// Whether one side is of those whom the viewer does not see.
    private var isBeyond: Bool { !Set([plan.survivor.uid, plan.merged.uid]).isSubset(of: seen) }

    private func identifiers(_ viewer: Viewer) -> [ComparePage.Row] {
        let kinds: [PersonIdentifier.Kind] = [.phone, .email, .wechat, .document]
        return kinds.compactMap { kind in
            func list(_ side: Side) -> [String] {
                side.identifiers.map(\.identifier).filter { $0.kind == kind }
                    .map { $0.shown(viewer, masked: !responsible.contains(side.uid)) }
            }
            let (left, right) = (list(plan.survivor), list(plan.merged))
            guard !left.isEmpty || !right.isEmpty else { return nil }
            return ComparePage.Row(
                label: viewer.text("leads.fact.\(kind.rawValue)"),
                left: left.joined(separator: ", "),
                right: right.joined(separator: ", "),
                result: (left + right.filter { !left.contains($0) }).joined(separator: ", "),
                why: nil,
                differs: false
            )
        }
    }

    private func fields(_ words: PersonWords) -> [ComparePage.Row] {
        func known(of side: Side) -> [ProfileField: Winner] { seen.contains(side.uid) ? side.winners : [:] }
        let (left, right) = (known(of: plan.survivor), known(of: plan.merged))
        // What would hold of both tells what is told of either.
        let result = isBeyond ? left.merging(right) { first, _ in first } : plan.joined.winners
        return ProfileField.allCases.compactMap { field in
            guard let winner = result[field] else { return nil }
            func shown(_ winner: Winner?) -> String { winner.map { words.shown(field, $0.value) } ?? "" }
            let row = (left: shown(left[field]), right: shown(right[field]))
            return ComparePage.Row(
                label: words.label(field),
                left: row.left,
                right: row.right,
                result: isBeyond ? "" : shown(winner),
                why: words.facts(result, [field]).first?.why,
                differs: !row.left.isEmpty && !row.right.isEmpty && row.left != row.right
            )
        }
    }

    /// What either allows; of both the stricter would hold.
    private func consents(_ words: PersonWords) -> [ComparePage.Row] {
        let speaker = ConsentWords(words: words, tellings: [])
        func known(of side: Side) -> Consents { seen.contains(side.uid) ? side.person.consents : Consents() }
        let (left, right) = (known(of: plan.survivor), known(of: plan.merged))
        let result = isBeyond ? Consents() : plan.joined.person.consents
        return ConsentPurpose.allCases.compactMap { purpose in
            func shown(_ consents: Consents) -> String { speaker.shown(purpose, consents) }
            let row = ComparePage.Row(
                label: words.viewer.text("consent.purpose.\(purpose.rawValue)"),
                left: shown(left),
                right: shown(right),
                result: shown(result),
                why: nil,
                differs: !shown(left).isEmpty && !shown(right).isEmpty && shown(left) != shown(right)
            )
            return row.left.isEmpty && row.right.isEmpty ? nil : row
        }
    }

    /// What would hold of both; what is counted or reckoned is so anew, once they are one.
    private func tags(_ viewer: Viewer) -> [ComparePage.Row] {
        func said(of side: Side) -> [Tag] {
            guard seen.contains(side.uid) else { return [] }
            return (tags[side.uid] ?? []).filter { TagKey(rawValue: $0.key)?.isReckoned != true }
        }
        let theirs = said(of: plan.merged).map { tag in
            var tag = tag
            tag.toldOf = tag.toldOf ?? plan.merged.uid
            return tag
        }
        let joined = Tag.judged(said(of: plan.survivor) + theirs, at: viewer.now)
        guard !joined.isEmpty else { return [] }
        func list(_ tags: [Tag]) -> String {
            tags.filter(\.isWinner).map { viewer.tagPair("\($0.key)=\($0.value)") }.sorted().joined(separator: ", ")
        }
        return [
            ComparePage.Row(
                label: viewer.text("tags.title"),
                left: list(said(of: plan.survivor)),
                right: list(theirs),
                result: isBeyond ? "" : list(joined),
                why: nil,
                differs: false
            )
        ]
    }

    private func leads(_ viewer: Viewer) -> ComparePage.Row {
        func count(_ side: Side) -> String { "\(side.leads.count)" }
        return ComparePage.Row(
            label: viewer.text("leads.title"),
            left: count(plan.survivor),
            right: count(plan.merged),
            result: count(plan.joined),
            why: nil,
            differs: false
        )
    }
}
