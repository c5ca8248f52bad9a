import Contracts
import Foundation

/// One entry of a person's timeline: what happened, as its event told.
struct TimelineEvent: Sendable, Equatable {
    let eventID: String
    let name: MessageName
    let subject: String
    let occurredAt: Date
    /// `staff:<id>`, `channel:<name>`, `timer:<kind>`, `system`.
    let actor: String?
    let inputs: TimelineInputs
    /// Where a decision was made, why it came out so.
    let why: Why?

    /// The members of staff who are named in the entry.
    var staff: Set<StaffID> {
        var ids = Set([inputs.ownerID, inputs.previousOwnerID, inputs.staffID, inputs.managerID].compactMap { $0 })
        if let actor, actor.hasPrefix("staff:"), let id = StaffID(actor.dropFirst("staff:".count)) { ids.insert(id) }
        return ids
    }
}

/// What the words of an entry are made of: whichever of these the event has.
///
/// Contracts only gain fields, so what is read here stays readable.
struct TimelineInputs: Sendable, Equatable, Decodable {
    var channel: String?
    var grade: String?
    var previous: Word?
    var ownerID: StaffID?
    var previousOwnerID: StaffID?
    var managerID: StaffID?
    var staffID: StaffID?
    var step: Step?
    var reason: String?
    var kind: String?
    var isReached: Bool?
    var isNew: Bool?
    var isWithinTarget: Bool?
    var responseSeconds: Int?
    var touches: Int?
    var isFrozen: Bool?
    var message: String?
    var note: String?
    var text: String?
    var result: String?
    var detail: String?
    var nextAction: String?
    var nextAt: Date?
    var title: String?
    var from: String?
    var to: String?
    var price: Money?
    var number: String?
    var unitNumber: String?
    var template: String?
    var dueAt: Date?
    var expiresAt: Date?
    var source: String?

    /// A value that is one word; of what is more than that nothing is said.
    struct Word: Sendable, Equatable, Decodable {
        let text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }

    /// A step of a ladder has a name at Leads and a number at Service.
    enum Step: Sendable, Equatable, Decodable {
        case named(String)
        case numbered(Int)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .numbered(number)
            } else {
                self = .named(try container.decode(String.self))
            }
        }

        /// The step as the glossary names it.
        var name: String {
            switch self {
            case .named(let name): name
            case .numbered(let number): "step-\(number)"
            }
        }
    }
}
