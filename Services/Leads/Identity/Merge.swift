import Contracts
import Foundation

/// Two persons as one: what will hold of them, and what each had.
///
/// Pure; the preview shows it and the merge does it.
struct MergePlan: Sendable {
    let survivor: Side
    let merged: Side
    let joined: Side
    let folding: LeadFolding

    init(_ survivor: Side, _ merged: Side, now: Date) {
        self.survivor = survivor
        self.merged = merged
        joined = survivor.joined(with: merged)
        folding = LeadFolding(joined.leads, now: now)
    }

    var snapshot: MergeSnapshot { MergeSnapshot(survivor: .init(survivor), merged: .init(merged)) }
}

/// A merge that was done, and perhaps undone.
struct Merge: Sendable, Equatable {
    let id: MergeID
    let survivor: UID
    let merged: UID
    let why: Why
    let actor: String
    let mergedAt: Date
    var undoneBy: String?
    var undoneAt: Date?

    var isStanding: Bool { undoneAt == nil }
}
