import Contracts
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Leads

/// What people of the office do about who is who.
extension Office {
    /// Two persons with a lead each, the older first.
    func two(names: (String, String) = ("张三", "张三")) async throws -> (UID, UID) {
        for (number, name) in [(1, names.0), (2, names.1)] {
            let body = Office.enquiry("\(number)", phone: "1390000000\(number)")
            try await push(body.replacingOccurrences(of: "张三", with: name))
        }
        let uids = try await leads().map(\.uid)
        return (uids[0], uids[1])
    }

    @discardableResult
    func merge(_ other: UID, into one: UID) async throws -> Merge {
        try await spine.perform(.staff(.new())) { work in
            try await app.mergePersons(other, into: one, why: Merge.byHand(), work)
        }
    }

    func unmerge(_ id: MergeID, different: Bool = false) async throws {
        try await spine.perform(.staff(.new())) { work in
            try await app.unmergePersons(id, different: different, work)
        }
    }

    func decide(_ review: UUID, _ decision: DecideReview.Decision) async throws {
        try await spine.perform(.staff(.new())) { work in try await app.decideReview(review, decision, work) }
    }

    /// The questions that intake has left are answered.
    func settleMatches() async throws {
        try await spine.fireTimers(app.timers.filter { $0.kind == MatchQuestion.timerKind })
    }

    func sides(_ uids: [UID]) async throws -> [UID: Side] {
        try await spine.read { try await SideStore($0).load(uids) }
    }

    func survivor(of uid: UID) async throws -> UID {
        try await spine.read { try await AliasStore($0).survivor(of: uid) }
    }

    func reviews() async throws -> [Review] {
        try await spine.read { try await ReviewStore($0).waiting(limit: 100) }
    }
}

extension ContactLogged {
    /// An agent has spoken with somebody just now.
    static func reached(_ uid: UID, _ lead: LeadID?, by agent: StaffID) -> ContactLogged {
        ContactLogged(
            contactID: .new(),
            uid: uid,
            leadID: lead,
            staffID: agent,
            kind: "call",
            isReached: true,
            contactedAt: Date()
        )
    }
}
