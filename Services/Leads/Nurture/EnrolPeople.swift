import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Web

/// Takes people into sequences: those of a segment piece by piece, those whose lead was given up or
/// whose deal was lost, and one by hand.
struct EnrolPeople: Sendable {
    static let sweepTimer = "leads.nurture-sweep"
    static let closedTimer = "leads.nurture-closed"
    /// People that are taken in within one transaction.
    static let atOnce = 500

    /// A walk through a segment.
    struct Sweep: Codable, Sendable {
        var sequenceID: SequenceID
        /// Nil for whichever the sequence has at the time: it comes back for new people.
        var segmentID: SegmentID?
        var after: UID?
        /// Who wanted it, where it is not the sequence itself.
        var by: String?
    }

    /// Takes in the next piece of a segment, and comes back for the one after it.
    func sweep(_ timer: DueTimer, _ work: Work) async throws {
        var sweep = try timer.payload(Sweep.self)
        let isOnce = sweep.segmentID != nil
        guard let sequence = try await NurtureStore(work.tx).sequence(sweep.sequenceID), sequence.plan.isActive,
            let segmentID = sweep.segmentID ?? sequence.plan.segmentID,
            let segment = try await SegmentStore(work.tx).find(segmentID)
        else { return }
        let people = try await NurtureFactStore(work.tx).newcomers(
            to: sequence.id,
            segment.tests,
            after: sweep.after,
            limit: Self.atOnce,
            now: work.now
        )
        var inputs = ["segment": segment.name, "sequence": sequence.plan.name]
        inputs["by"] = sweep.by
        let why = Why(
            rule: "nurture.enrolled-by-segment",
            version: segment.version,
            inputs: inputs,
            otherwise: "Whoever does not belong to the segment is not enrolled."
        )
        try await enrol(people.map { ($0, why, timer.cause) }, in: sequence, work)
        sweep.after = people.count == Self.atOnce ? people.last : nil
        guard sweep.after != nil || !isOnce else { return }
        let policy = try await PolicyStore(work.tx).current(NurturePolicy.self).value
        let pause: TimeInterval = sweep.after != nil ? 0 : Double(policy.enrolEveryHours) * 3_600
        try await work.timers.set(
            Self.sweepTimer,
            key: timer.key,
            at: work.now.addingTimeInterval(pause),
            payload: sweep,
            cause: timer.cause
        )
    }

    /// Takes everybody who belongs to a segment now into a sequence, in pieces.
    func callAsFunction(_ segment: SegmentID, in id: SequenceID, _ work: Work) async throws {
        guard let sequence = try await NurtureStore(work.tx).sequence(id), sequence.plan.isActive else {
            throw Self.noSuchSequence
        }
        guard try await SegmentStore(work.tx).find(segment) != nil else {
            throw Rejection.notFound("segment", segment)
        }
        try await work.timers.set(
            Self.sweepTimer,
            key: "\(sequence.id)/\(segment)",
            at: work.now,
            payload: Sweep(sequenceID: sequence.id, segmentID: segment, by: work.cause.actor),
            cause: work.cause
        )
    }

    private static var noSuchSequence: Rejection {
        .invalid("sequence", "no-such-sequence", "There is no active sequence of that id.")
    }

    // MARK: Leads that came to nothing

    /// Why a lead came to nothing.
    struct Closing: Codable, Sendable {
        var reason: String
    }

    /// Leads came to nothing: their people are looked at once that is committed.
    static func note(_ leads: [LeadID], _ reason: String, _ work: Work) async throws {
        guard NurturePlan.takeable.contains(reason) else { return }
        try await work.timers.set(
            leads.map { lead in
                try TimerDraft(
                    closedTimer,
                    key: lead,
                    at: work.now,
                    payload: Closing(reason: reason),
                    cause: work.cause
                )
            }
        )
    }

    /// Takes people of leads that came to nothing into the sequences that want them.
    func closed(_ timers: [DueTimer], _ work: Work) async throws {
        let sequences = try await sequencesThatTake(work)
        guard !sequences.isEmpty else { return }
        let ids = timers.compactMap { LeadID($0.key) }
        let leads = Dictionary(try await LeadStore(work.tx).all(ids).map { ($0.id, $0) }) { first, _ in first }
        let candidates = try timers.compactMap { timer -> Candidate? in
            let reason = try timer.payload(Closing.self).reason
            guard let lead = LeadID(timer.key).flatMap({ leads[$0] }), lead.isStill(reason) else { return nil }
            return Candidate(
                uid: lead.uid,
                taking: reason,
                rule: "nurture.enrolled-not-converted",
                inputs: ["reason": reason, "lead": lead.id.description],
                otherwise: "A lead that came to nothing for another reason does not bring its person in.",
                cause: timer.cause
            )
        }
        try await take(candidates, into: sequences, work)
    }

    /// Takes the person of a lead into a sequence by hand.
    func callAsFunction(_ lead: LeadID, in id: SequenceID, _ sight: Sight, _ work: Work) async throws {
        try sight.requireActing()
        guard let lead = try await LeadStore(work.tx).locked(lead), sight.sees(lead.belonging(isSold: false)) else {
            throw Rejection.notFound("lead", lead)
        }
        guard let sequence = try await NurtureStore(work.tx).sequence(id), sequence.plan.isActive else {
            throw Self.noSuchSequence
        }
        let inputs = ["by": work.cause.actor, "sequence": sequence.plan.name]
        let why = Contracts.Why(rule: "nurture.enrolled-by-hand", version: sequence.version, inputs: inputs)
        guard try await enrol([(lead.uid, why, work.cause)], in: sequence, work) > 0 else {
            throw Rejection(.conflict, "enrolled-already", "The person is or was in that sequence.")
        }
    }

    // MARK: All of them

    /// - Returns: how many were new.
    @discardableResult
    func enrol(
        _ people: [(uid: UID, why: Contracts.Why, cause: Cause)],
        in sequence: NurtureSequence,
        _ work: Work
    ) async throws -> Int {
        let first = sequence.plan.steps.first?.day ?? 0
        var causes: [String: Cause] = [:]
        let all = people.map { one in
            let enrolment = Enrolment(
                id: .new(),
                sequenceID: sequence.id,
                version: sequence.version,
                uid: one.uid,
                startedAt: work.now,
                nextAt: work.now.addingTimeInterval(Double(first) * 86_400),
                why: one.why
            )
            causes[enrolment.id.description] = one.cause
            return enrolment
        }
        let added = try await EnrolmentStore(work.tx).add(all)
        let new = all.filter { added.contains($0.id) }
        try await work.publish(
            new.map { one in
                Nurture.draft("enrolled", one, sequence.plan.name, causes[one.id.description] ?? work.cause)
            }
        )
        try await Nurture.setTimers(of: new, causes: causes, work)
        return new.count
    }
}

extension Lead {
    /// Whether it still is what it was noted for: somebody may have taken it back.
    fileprivate func isStill(_ reason: String) -> Bool {
        reason == NurturePlan.recycled ? status.isOpen && ownerID == nil : status == .discarded
    }
}
