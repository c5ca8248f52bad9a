import Contracts
import Failures
import Foundation
import Web

/// How a list of leads is sorted.
enum LeadOrder: String, Sendable, CaseIterable {
    case newest
    /// By the learned probability, the highest first; of equal ones the newest. Those of which nothing is said come last.
    case likeliest
    /// The other way round; those of which nothing is said come last here too.
    case unlikeliest
    /// By when somebody has to call, what is overdue the longest first; where nobody has to, last, the newest first.
    case due

    func cursor(after view: LeadView) -> Cursor {
        switch self {
        case .newest: Cursor(view.lead.receivedAt, view.lead.id.uuid)
        case .likeliest, .unlikeliest: Cursor(view.percent, view.lead.receivedAt, view.lead.id.uuid)
        case .due: Cursor(view.callBy == nil ? nil : 1, view.callBy ?? view.lead.receivedAt, view.lead.id.uuid)
        }
    }

    func place(_ cursor: Cursor) throws -> LeadPlace {
        switch self {
        case .newest:
            let (time, id) = try cursor.timeAndID()
            return LeadPlace(receivedAt: time, id: id)
        case .likeliest, .unlikeliest:
            let (percent, time, id) = try cursor.numberTimeAndID()
            return LeadPlace(percent: percent, receivedAt: time, id: id)
        case .due:
            let (isDue, time, id) = try cursor.numberTimeAndID()
            return LeadPlace(callBy: isDue == nil ? nil : time, receivedAt: time, id: id)
        }
    }
}

/// Where the next page of a list begins: after this lead.
struct LeadPlace: Sendable, Equatable {
    /// In a list by probability; nil among those of which nothing is said.
    var percent: Int?
    /// In a list by what is due; nil among those of which nothing is.
    var callBy: Date?
    let receivedAt: Date
    let id: UUID
}
