import Contracts
import Foundation
import Messaging

/// A person has written back: their lead shows it, whoever looks after them is told, and what is sent by itself pauses.
///
/// It is a sign of life and no follow-up: the person is not quiet, but whoever lets the answer lie loses the lead as late as
/// without it, and the clock of the first response runs until somebody of ours has spoken with them.
struct TakeAnswer: Sendable {
    private let nurture = Nurture()

    func callAsFunction(_ answer: MessageAnswered, _ work: Work) async throws {
        let uid = try await AliasStore(work.tx).survivor(of: answer.uid)
        // Locked, since they may be forgotten at the same time; of whom that is nothing is kept.
        guard let person = try await PersonStore(work.tx).locked([uid])[uid],
            try await !ErasureStore(work.tx).isErased(uid)
        else { return }
        let leads = LeadStore(work.tx)
        var lead = try await leads.open(of: uid)
        if lead == nil { lead = try await leads.newest(of: [uid])[uid] }
        let store = AnswerStore(work.tx)
        // What is said about a case is told by Service, to whoever has the case.
        let told = answer.caseID == nil ? lead : nil
        guard try await store.add(answer, lead: told?.id) else { return }
        if let lead { try store.note(lead.id, at: answer.receivedAt) }
        try await nurture.reconsider(uid, repliedAt: answer.receivedAt, work)
        if let told { try await tell(told, answer, person, work) }
    }

    private func tell(_ lead: Lead, _ answer: MessageAnswered, _ person: Person, _ work: Work) async throws {
        let hearers = try await hearers(of: lead, work)
        let event = LeadAnswered(
            leadID: lead.id,
            uid: lead.uid,
            answerID: answer.answerID,
            channel: answer.channel,
            message: answer.text,
            ownerID: hearers.owner,
            standInID: hearers.standIn,
            managerID: hearers.manager,
            customerName: person.name,
            answeredAt: answer.receivedAt,
            why: answer.why
        )
        try await work.publish(event, about: lead.id, uid: lead.uid)
    }

    /// Who is to hear of an answer.
    private struct Hearers {
        var owner: StaffID?
        var standIn: StaffID?
        var manager: StaffID?
    }

    /// The owner, also of a lead that is closed; where there is none who still works here, whoever leads the team.
    private func hearers(of lead: Lead, _ work: Work) async throws -> Hearers {
        let staff = StaffStore(work.tx)
        let post = StaffStore.Post(of: lead)
        guard let id = lead.ownerID, let owner = try await staff.find(id), owner.isActive else {
            return Hearers(manager: try await staff.managers(of: [post])[post])
        }
        let agents = try await RosterStore(work.tx).everybody(at: work.now)
        guard agents.first(where: { $0.id == owner.id })?.absence == .onLeave else { return Hearers(owner: owner.id) }
        return Hearers(owner: owner.id, standIn: try await staff.managers(of: [post])[post])
    }
}
