import Contracts
import Foundation
import Postgres

/// The SQL of what happens about leads that are closed.
extension LeadStore {
    /// Somebody has called a person whose newest lead is closed, or tried to.
    func noteFollowUp(ofClosed uid: UID, at moment: Date) throws {
        try tx.later(
            """
            UPDATE leads SET followed_up_at = greatest(followed_up_at, \(moment))
             WHERE id = (SELECT id FROM leads WHERE uid = \(uid) AND status <> 'merged' ORDER BY id DESC LIMIT 1)
               AND status NOT IN ('open', 'contacted')
            """
        )
    }
}
