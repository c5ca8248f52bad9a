import Contracts
import Failures
import Foundation
import Policies

/// What one batch of submissions comes to.
///
/// Pure: who the persons are and what is open in, rows and events out.
struct IntakePlan: Sendable {
    /// What the plan is made from.
    struct Ground: Sendable {
        var channels: [String: Channel]
        /// Known persons by UID, as they were before the batch.
        var persons: [UID: Person] = [:]
        /// Those of them to whom others were joined.
        var joined: Set<UID> = []
        /// Each person's newest lead.
        var leads: [UID: Lead] = [:]
        var roster = Roster(rules: RuleSet([]), agents: [])
        var targets = ResponseTargets.standard
        var grades = GradeTable.standard
        /// What the grades of open leads were made from.
        var graded: [LeadID: GradeInputs] = [:]
        /// Who sees to what comes for those who are on leave.
        var standIns: [StaffID: StaffID] = [:]
        /// What is known of persons; nil where no rule asks for it.
        var tags: [UID: KnownTags]?
        /// How far persons have come, where a rule asks for it.
        var stages: [UID: LifeStage] = [:]
        var now: Date
    }

    private(set) var persons: [UID: Person]
    private(set) var newLeads: [NewLead] = []
    private(set) var tellings: [Telling] = []
    private(set) var touches: [LeadID: Touch] = [:]
    private(set) var regrades: [LeadID: Regrade] = [:]
    /// What the enquiries say of the sides that they name, beyond how to reach them.
    private(set) var said: [(uid: UID, lead: LeadID, tags: [SaidTag])] = []
    /// The codes that enquiries name, by which somebody has recommended us.
    private(set) var named: [(submission: ReadSubmission, code: NamedCode)] = []
    private(set) var ledger: [LedgerEntry] = []
    private(set) var events: [IntakeEvent] = []
    private(set) var roster: Roster
    private var leads: [UID: Lead]
    private var graded: [LeadID: GradeInputs]
    private let ground: Ground
    private let local: LocalTime
    private let isOpen: Bool
    private let asked: RuleSet.Asked

    init(_ ground: Ground) {
        self.ground = ground
        local = LocalTime(ground.now)
        isOpen = ground.targets.calendar.value.isOpen(at: local)
        asked = ground.roster.rules.asked
        persons = ground.persons
        leads = ground.leads
        graded = ground.graded
        roster = ground.roster
    }

    /// The persons that are new or about whom more is known now.
    var changedPersons: [Person] { persons.values.filter { ground.persons[$0.uid] != $0 } }

    /// The leads that are new or were touched, as they are now.
    var arrived: [Lead] {
        let new = Set(newLeads.map(\.lead.id))
        let touched = leads.values.filter { touches[$0.id] != nil && !new.contains($0.id) }
        return newLeads.map { leads[$0.lead.uid] ?? $0.lead } + touched
    }

    /// Files a submission that nobody could understand.
    mutating func reject(_ submission: ReadSubmission) {
        guard let rejection = submission.rejection else { return }
        let outcome = LedgerEntry.Outcome.rejected(
            code: rejection.code,
            field: rejection.field,
            detail: rejection.message
        )
        ledger.append(LedgerEntry(submission: submission, outcome: outcome))
    }

    /// Takes an enquiry of a person: into their open lead, or as a new one.
    mutating func take(_ submission: ReadSubmission, _ enquiry: Enquiry, of who: IdentityResolver.Resolution) {
        let person = learn(submission, enquiry, of: who)
        if let lead = leads[who.uid], lead.status.isOpen {
            touch(lead, submission, enquiry, who.side)
        } else {
            open(submission, enquiry, of: person, who.side)
        }
        guard let code = enquiry.referrer, let lead = leads[who.uid] else { return }
        named.append((submission, NamedCode(code, lead: lead.id, uid: who.side, at: ground.now)))
    }

    private mutating func learn(
        _ submission: ReadSubmission,
        _ enquiry: Enquiry,
        of who: IdentityResolver.Resolution
    ) -> Person {
        let uid = who.uid
        let before = persons[uid]
        let telling = Telling(
            submission,
            enquiry,
            of: who.side,
            before: before,
            isJoined: ground.joined.contains(uid),
            now: ground.now
        )
        if let telling { tellings.append(telling) }
        var person = (before ?? Person(uid: uid)).learning(from: enquiry, foreign: who.foreign)
        if let telling { person.consents.hear(telling) }
        persons[uid] = person
        guard person != before else { return person }
        let identified = PersonIdentified(person, isNew: before == nil)
        events.append(IntakeEvent(submission, uid: uid, .identified(identified)))
        if let before, before.consents != person.consents {
            let changed = ConsentChanged(person, source: Telling.Source.submission.rawValue)
            events.append(IntakeEvent(submission, uid: uid, .consent(changed)))
        }
        return person
    }

    private mutating func say(_ tags: [SaidTag], of side: UID, _ lead: LeadID) {
        if !tags.isEmpty { said.append((side, lead, tags)) }
    }

    private mutating func touch(_ known: Lead, _ submission: ReadSubmission, _ enquiry: Enquiry, _ side: UID) {
        var lead = known
        lead.touches += 1
        leads[lead.uid] = lead
        touches[lead.id, default: Touch()].add(enquiry.need)
        say(enquiry.said, of: side, lead.id)
        ledger.append(LedgerEntry(submission: submission, outcome: .merged(lead.id, lead.uid)))
        let touched = LeadTouched(
            leadID: lead.id,
            uid: lead.uid,
            channel: enquiry.channel,
            campaign: enquiry.campaign,
            externalID: enquiry.externalID,
            message: enquiry.message,
            need: enquiry.need,
            ownerID: lead.ownerID,
            standInID: lead.ownerID.flatMap { ground.standIns[$0] },
            customerName: persons[lead.uid]?.name,
            touches: lead.touches,
            named: persons[lead.uid].flatMap(enquiry.named)
        )
        events.append(IntakeEvent(submission, uid: lead.uid, .touched(touched)))
        regrade(lead, submission, enquiry)
    }

    /// Another enquiry says more: the lead may be worth something else now.
    private mutating func regrade(_ lead: Lead, _ submission: ReadSubmission, _ enquiry: Enquiry) {
        guard let before = graded[lead.id] else { return }
        let inputs = before.adding(GradeInputs(enquiry, channelKind: kind(of: enquiry)))
        graded[lead.id] = inputs
        guard let regrade = Regrade(lead, inputs, by: ground.grades, ground.targets, now: ground.now) else { return }
        leads[lead.uid] = regrade.lead
        regrades[lead.id] = regrade
        events.append(IntakeEvent(submission, uid: lead.uid, .graded(regrade.event)))
    }

    private func kind(of enquiry: Enquiry) -> String { ground.channels[enquiry.channel]?.kind ?? "unknown" }

    private mutating func open(
        _ submission: ReadSubmission,
        _ enquiry: Enquiry,
        of person: Person,
        _ side: UID
    ) {
        let isReturning = leads[person.uid] != nil
        let inputs = GradeInputs(enquiry, channelKind: kind(of: enquiry), isReturning: isReturning)
        let (grade, gradeWhy) = ground.grades.grade(inputs)
        let known = ground.tags?[person.uid] ?? KnownTags()
        let pairs = ground.tags == nil ? nil : known.pairs(with: enquiry.said)
        let assignment = roster.assign(question(submission, enquiry, of: person, grade, tags: pairs))
        var lead = Lead(
            id: LeadID(.v7(at: ground.now)),
            uid: person.uid,
            grade: grade,
            channel: enquiry.channel,
            project: enquiry.need?.projects?.first,
            district: enquiry.need?.districts?.first,
            responseDueAt: ground.targets.dueAt(grade, from: ground.now),
            receivedAt: ground.now
        )
        lead.place(assignment)
        leads[person.uid] = lead
        graded[lead.id] = inputs
        say(enquiry.said, of: side, lead.id)
        let new = NewLead(
            lead: lead,
            origin: side == person.uid ? nil : side,
            submissionID: submission.received.id,
            enquiry: enquiry,
            gradeWhy: gradeWhy,
            assignment: assignment
        )
        newLeads.append(new)
        ledger.append(LedgerEntry(submission: submission, outcome: .accepted(lead.id, lead.uid)))
        events.append(IntakeEvent(submission, uid: lead.uid, .received(LeadReceived(new, person))))
        let handed = known.handedOver(with: enquiry.said)
        let assigned = LeadAssigned(lead, assignment, name: person.name, tags: handed.isEmpty ? nil : handed)
        events.append(IntakeEvent(submission, uid: lead.uid, .assigned(assigned)))
    }

    /// What the rules are asked about a new lead; `tags` are the person's, nil where no rule asks for them.
    private func question(
        _ submission: ReadSubmission,
        _ enquiry: Enquiry,
        of person: Person,
        _ grade: Grade,
        tags: [String]?
    ) -> AssignmentQuestion {
        var facts = LeadFacts(
            enquiry,
            of: person,
            channelKind: kind(of: enquiry),
            grade: grade.rawValue,
            isReturning: leads[person.uid] != nil,
            isByHand: submission.enteredBy != nil,
            asked: asked,
            at: local,
            isOpen: isOpen
        )
        if let tags { facts[.tag] = tags }
        if asked.stage { facts[.stage] = [(ground.stages[person.uid] ?? .potential).rawValue] }
        return AssignmentQuestion(
            facts,
            previousOwner: leads[person.uid]?.ownerID,
            enteredBy: submission.enteredBy
        )
    }
}
