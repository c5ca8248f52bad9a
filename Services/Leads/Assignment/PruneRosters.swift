import Foundation
import Messaging

/// Drops what decisions were made from when it is older than the journal is kept: those decisions keep their reasons, and
/// cannot be made again any more.
///
/// Nothing is dropped unless a number of months is set.
struct PruneRosters: Sendable {
    static let atOnce = 1_000

    let spine: Spine
    /// Whole months to keep besides the current one.
    let months: Int?

    /// - Returns: whether there is more to drop.
    func callAsFunction() async throws -> Bool {
        guard let months else { return false }
        let dropped = try await spine.perform(Cause(actor: "system")) { work in
            try await RosterSnapshotStore(work.tx).drop(olderThan: months, atOnce: Self.atOnce)
        }
        return dropped == Self.atOnce
    }
}

extension UUID {
    /// Before every version 7 that is made at this moment or later.
    static func first(at moment: Date) -> UUID {
        let milliseconds = UInt64(max(0, moment.timeIntervalSince1970 * 1_000))
        var bytes = UUID.lowest.uuid
        withUnsafeMutableBytes(of: &bytes) { raw in
            for place in 0..<6 { raw[place] = UInt8(truncatingIfNeeded: milliseconds >> (8 * UInt64(5 - place))) }
        }
        return UUID(uuid: bytes)
    }
}
