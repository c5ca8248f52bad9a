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
        let mergedAt: Date
    }

    private(set) var lines: [UID: Line]

    init(_ lines: [Line] = []) {
        self.lines = Dictionary(lines.map { ($0.uid, $0) }) { $1 }
    }

    mutating func merge(_ uid: UID, into survivor: UID, at time: Date) {
        lines[uid] = Line(uid: uid, parent: survivor, mergedAt: time)
    }

    mutating func unmerge(_ uid: UID) { lines[uid] = nil }

    /// The end of the line.
    func survivor(of uid: UID) -> UID {
        var end = uid
        while let line = lines[end] { end = line.parent }
        return end
    }

    /// A UID and everybody who was merged into it by then, directly or not; in order.
    func members(of uid: UID, at time: Date = .distantFuture) -> [UID] {
        let then = lines.values.filter { $0.mergedAt <= time }
        var found = [uid]
        var next = 0
        while next < found.count {
            let parent = found[next]
            found += then.filter { $0.parent == parent }.map(\.uid)
            next += 1
        }
        return found.sorted()
    }
}
