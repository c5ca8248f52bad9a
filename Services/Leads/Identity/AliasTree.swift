import Contracts
import Foundation

/// The lines that merges have drawn from one UID to another.
///
/// Pure: who somebody is now, and who goes along when a line is taken away, follows from the lines alone.
struct AliasTree: Sendable, Equatable {
    struct Line: Sendable, Equatable {
        let uid: UID
        /// Whom it was merged into.
        let parent: UID
        let mergeID: MergeID
    }

    private(set) var lines: [UID: Line]

    init(_ lines: [Line] = []) {
        self.lines = Dictionary(lines.map { ($0.uid, $0) }) { $1 }
    }

    mutating func merge(_ uid: UID, into survivor: UID, _ merge: MergeID) {
        lines[uid] = Line(uid: uid, parent: survivor, mergeID: merge)
    }

    mutating func unmerge(_ uid: UID) { lines[uid] = nil }

    /// The end of the line.
    func survivor(of uid: UID) -> UID {
        var end = uid
        while let line = lines[end] { end = line.parent }
        return end
    }

    /// A UID and everybody who was merged into it, directly or not; in order.
    func members(of uid: UID) -> [UID] {
        var found = [uid]
        var next = 0
        while next < found.count {
            let parent = found[next]
            found += lines.values.filter { $0.parent == parent }.map(\.uid)
            next += 1
        }
        return found.sorted()
    }
}

/// Who was part of whom at a time, of people who are one now.
struct FormerMembers: Sendable {
    struct Line: Sendable {
        let uid: UID
        /// Whom it was merged into, and when.
        let parent: UID
        let mergedAt: Date
    }

    private let lines: [Line]

    init(_ lines: [Line] = []) { self.lines = lines }

    /// A UID and everybody who had been merged into it by then.
    func of(_ uid: UID, at time: Date) -> Set<UID> {
        let then = lines.filter { $0.mergedAt <= time }
        var found: Set<UID> = [uid]
        var new = found
        while !new.isEmpty {
            new = Set(then.filter { new.contains($0.parent) }.map(\.uid)).subtracting(found)
            found.formUnion(new)
        }
        return found
    }
}
