import Contracts
import Foundation
import Messaging

/// What a batch of events tells of one customer, put together so that their row is written once.
///
/// Every event may be the first of a person, and may come late: each says only what it knows.
struct CustomerNews: Sendable {
    let uid: UID
    /// When the first of the events happened.
    let firstAt: Date
    /// The last sign of life from either side that was among them.
    private(set) var activeAt: Date?
    /// When the earliest lead among them came in.
    private(set) var receivedAt: Date?

    /// A name that replaces the one that is known, else one that only fills its place.
    private(set) var name: String?
    private(set) var isNameKnown = false
    private(set) var phones: [String]?
    private(set) var emails: [String]?
    private(set) var wechat: String?
    private(set) var language: String?
    /// Leads has told the whole card: what it left empty is empty.
    private(set) var isCardWhole = false

    private(set) var need: Need?
    /// Members of the need that were corrected: what was known of them before does not count.
    private(set) var corrected: [String] = []
    private(set) var consent: Consent?
    /// What the lead says, as long as nobody has told of the person.
    private(set) var consentOfLead: Consent?

    private(set) var leadID: LeadID?
    private(set) var channel: String?
    private(set) var grade: String?
    private(set) var gradeWhy: Why?
    private(set) var assigned: LeadAssigned?
    /// What marketing knows of them, as the last hand-over told, or whoever said that it is something else now.
    private(set) var tags: [PersonTag]?
    private(set) var touches: Int?
    /// The enquiry that came first of all, if it was not the person's first: whoever does not know the person goes by it.
    private(set) var beginning: LeadTouched?
    private var isBegun = false
    /// The lead went from one owner to another.
    private(set) var isReassigned = false
    private(set) var isWithService = false

    init(of uid: UID, at time: Date) {
        self.uid = uid
        firstAt = time
    }
}

// MARK: - Taking events in

extension CustomerNews {
    mutating func take(_ person: PersonIdentified) {
        take(person.person)
        name = person.person.name
        wechat = person.person.wechat
        language = person.person.language
        isNameKnown = true
        isCardWhole = true
        consent = person.consent
    }

    /// A new lead begins the customer's story, or begins it again after an earlier lead has ended.
    mutating func take(_ lead: LeadReceived, at time: Date) {
        take(lead.person)
        if let given = lead.person.name {
            name = given
            isNameKnown = true
        }
        wechat = lead.person.wechat ?? wechat
        language = lead.person.language ?? language
        wants(lead.need)
        consentOfLead = consentOfLead ?? lead.consent
        leadID = lead.leadID
        channel = lead.channel
        grade = lead.grade
        gradeWhy = lead.gradeWhy
        receivedAt = min(receivedAt ?? time, time)
        isActive(at: time)
    }

    mutating func take(_ assignment: LeadAssigned, at time: Date) {
        name = name ?? assignment.customerName
        leadID = assignment.leadID
        channel = assignment.channel
        grade = assignment.grade
        assigned = assignment
        tags = assignment.tags ?? tags
        if assignment.previousOwnerID != nil, assignment.ownerID != nil { isReassigned = true }
        isActive(at: time)
    }

    mutating func take(_ touch: LeadTouched, at time: Date) {
        wants(touch.need)
        touches = max(touches ?? 0, touch.touches)
        if !isBegun { beginning = touch }
        isActive(at: time)
    }

    /// Somebody has corrected what is wanted: of that, what they say counts, also where they say nothing.
    mutating func take(_ change: LeadNeedChanged, at time: Date) {
        corrected += change.changed.filter { !corrected.contains($0) }
        need = (need ?? Need()).corrected(by: change.need, in: change.changed)
        isActive(at: time)
    }

    mutating func take(_ change: ConsentChanged) { consent = change.consent }

    mutating func take(_ known: PersonTagged) { tags = known.tags }

    /// The service desk has to do with the person from now on.
    mutating func isServed(at time: Date) {
        isWithService = true
        isActive(at: time)
    }

    private mutating func take(_ card: PersonCard) {
        phones = card.phones
        emails = card.emails
    }

    private mutating func wants(_ said: Need?) {
        need = said.map { (need ?? Need()).updated(by: $0) } ?? need
    }

    private mutating func isActive(at time: Date) { activeAt = max(activeAt ?? time, time) }
}

// MARK: - From messages

extension CustomerNews {
    /// The events that are put together.
    static let names: [MessageName] = [
        PersonIdentified.name, LeadReceived.name, LeadAssigned.name, LeadTouched.name, LeadNeedChanged.name,
        ConsentChanged.name, PersonTagged.name, HandoverOpened.name, CaseOpened.name,
    ]

    /// What a batch tells, customer by customer, in the order of their ids so that two batches cannot deadlock.
    ///
    /// What is told of somebody who has been `moved` is told of who they are now.
    static func all(in batch: [Received], moved: [UID: UID] = [:]) throws -> [CustomerNews] {
        var news: [UID: CustomerNews] = [:]
        for received in batch {
            let time = received.envelope.time
            func note(_ named: UID, _ take: (inout CustomerNews) -> Void) {
                let uid = moved[named] ?? named
                take(&news[uid, default: CustomerNews(of: uid, at: time)])
                news[uid]?.isBegun = true
            }
            switch received.envelope.type {
            case PersonIdentified.name:
                let person = try received.data(as: PersonIdentified.self)
                note(person.uid) { $0.take(person) }
            case LeadReceived.name:
                let lead = try received.data(as: LeadReceived.self)
                note(lead.uid) { $0.take(lead, at: time) }
            case LeadAssigned.name:
                let assignment = try received.data(as: LeadAssigned.self)
                note(assignment.uid) { $0.take(assignment, at: time) }
            case LeadTouched.name:
                let touch = try received.data(as: LeadTouched.self)
                note(touch.uid) { $0.take(touch, at: time) }
            case LeadNeedChanged.name:
                let change = try received.data(as: LeadNeedChanged.self)
                note(change.uid) { $0.take(change, at: time) }
            case ConsentChanged.name:
                let change = try received.data(as: ConsentChanged.self)
                note(change.uid) { $0.take(change) }
            case PersonTagged.name:
                let known = try received.data(as: PersonTagged.self)
                note(known.uid) { $0.take(known) }
            case HandoverOpened.name: note(try received.data(as: HandoverOpened.self).uid) { $0.isServed(at: time) }
            case CaseOpened.name: note(try received.data(as: CaseOpened.self).uid) { $0.isServed(at: time) }
            default: break
            }
        }
        return news.values.sorted { $0.uid < $1.uid }
    }
}

extension Need {
    /// With these members as another says them, also where it lacks them.
    fileprivate func corrected(by other: Need, in members: [String]) -> Need {
        func field<Value>(_ member: String, _ own: Value?, _ others: Value?) -> Value? {
            members.contains(member) ? others : own
        }
        return Need(
            purpose: field("purpose", purpose, other.purpose),
            projects: field("projects", projects, other.projects),
            districts: field("districts", districts, other.districts),
            layouts: field("layouts", layouts, other.layouts),
            budget: field("budget", budget, other.budget),
            area: field("area", area, other.area),
            timeframe: field("timeframe", timeframe, other.timeframe)
        )
    }
}
