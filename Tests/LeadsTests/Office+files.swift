import Contracts
import Foundation
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

/// What marketing does with files of leads.
extension Office {
    /// Uploads a file and imports all of it, so many rows at a time.
    func bring(_ text: String, atOnce: Int = 50) async throws -> Import {
        var left: [UInt8]? = Array(text.utf8)
        let staff = StaffID.new()
        let file = try await app.uploadImport("leads.csv", atMost: 1_000_000, .staff(staff), by: staff) {
            defer { left = nil }
            return left
        }
        try await orders(.check, file.id, atOnce: atOnce)
        return try await orders(.start, file.id, atOnce: atOnce)
    }

    /// Gives an order and does all that follows from it.
    @discardableResult
    func orders(_ order: Import.Order, _ id: UUID, atOnce: Int = 50) async throws -> Import {
        let staff = StaffID.new()
        var last = try await spine.perform(.staff(staff)) { try await app.orderImport(id, order, by: staff, $0) }
        while let file = try await app.advanceImport(atMost: atOnce) { last = file }
        return last
    }

    /// A member of staff says what they know of somebody.
    func tells(_ uid: UID, _ values: [String: String]) async throws {
        let head = Principal(staffID: .v7(), name: "Head", email: "h@lintel.example", role: .head, scope: .all)
        try await spine.perform(.staff(.new())) { work in try await app.tellOfPerson(uid, values, head.leadSight, work)
        }
    }

    /// Everything that follows by itself has followed: who is who, and what is known of them.
    func settles() async throws {
        try await spine.fireTimers(app.timers)
        let tags = TagTurns(keep: app.keepTags, fold: app.foldTags, spine: spine, logger: testLogger("tags"))
        while try await tags() {}
    }
}
