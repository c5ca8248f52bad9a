import Foundation
import Postgres

/// The SQL of lists of leads by when somebody has to call.
extension LeadListStore {
    /// Those that somebody has to call, what is overdue the longest first; then the others, the newest first.
    ///
    /// First calls and later ones are two walks along two indexes, neither of which goes further than the page.
    func due(
        _ filter: LeadFilter,
        _ conditions: [SQL],
        after place: LeadPlace?,
        limit: Int
    ) async throws -> [LeadView] {
        let isAmongOthers = place != nil && place?.callBy == nil
        let due = isAmongOthers ? [] : try await called(filter, conditions, after: place, limit: limit)
        guard due.count < limit, filter.callBefore == nil else { return due }
        let isNotDue: SQL =
            "(l.status NOT IN ('open', 'contacted') OR l.status = 'contacted' AND l.next_at IS NULL)"
        let others = try await newest(
            filter,
            conditions + [isNotDue],
            after: isAmongOthers ? place : nil,
            limit: limit - due.count
        )
        return due + others
    }

    private func called(
        _ filter: LeadFilter,
        _ conditions: [SQL],
        after place: LeadPlace?,
        limit: Int
    ) async throws -> [LeadView] {
        func walk(_ status: String, _ time: SQL) -> SQL {
            var asked: [SQL] = ["l.status = \(status)", "\(time) IS NOT NULL"] + conditions
            if let place, let callBy = place.callBy { asked.append("(\(time), l.id) > (\(callBy), \(place.id))") }
            if let percent = filter.percent { asked.append(Self.atLeast(percent)) }
            return """
                (SELECT l.id, \(time) AS call_by FROM leads l \(filter.persons) WHERE \(SQL.all(asked))
                  ORDER BY \(time), l.id LIMIT \(limit))
                """
        }
        return try await LeadQueryStore(tx).views(
            """
            l.id = ANY(ARRAY(SELECT d.id
                               FROM (\(walk("open", "l.response_due_at")) UNION ALL \(walk("contacted", "l.next_at"))) d
                              ORDER BY d.call_by, d.id LIMIT \(limit)))
             ORDER BY CASE l.status WHEN 'open' THEN l.response_due_at ELSE l.next_at END, l.id
            """
        )
    }
}
