import Contracts
import Failures
import Foundation
import Messaging
import Web

extension ChangeLeads {
    /// Opens several leads again that were given up, each with a decision and events of its own; the oldest comes first.
    ///
    /// Everybody's persons are locked before the first lead is, as the intake does it.
    func again(_ ids: [LeadID], _ reason: ReopenReason, _ sight: Sight, _ work: Work) async throws -> BulkResult {
        try sight.requireLeading()
        let store = LeadStore(work.tx)
        let seen = try await store.all(Array(Set(ids)).sorted()).filter { sight.sees($0.belonging(isSold: false)) }
        guard !seen.isEmpty else { throw Rejection.notFound("lead", ids[0]) }
        let people = Set(seen.map(\.uid))
        try await SideStore(work.tx).lock(people.sorted())
        let locked = try await store.locked(seen.map(\.id).sorted())
        let names = try await PersonStore(work.tx).names(of: people)
        var result = BulkResult(id: .v7(at: work.now))
        for lead in locked {
            do {
                try await reopen(lead.id, reason: reason.rawValue, note: nil, sight, work)
                result.done.append(lead.id)
            } catch let rejection as Rejection where rejection.kind == .conflict {
                // It is refused before anything is written.
                result.refused.append(.init(lead: lead.id, name: names[lead.uid], code: rejection.code))
            }
        }
        let opened = try await store.all(result.done)
        work.afterCommit { announce(opened) }
        return result
    }
}
