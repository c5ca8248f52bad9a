import Contracts

/// Those who want the same lead at the same moment, in this process: one of them asks the database at a time.
///
/// What the database says of who has the lead is said to all who were waiting when it was asked, so that five hundred
/// claims take a few turns and a handful of connections, and whoever looks at something else meanwhile does not wait behind them.
/// Nothing depends on it: without it, and between processes, the lead's lock decides.
actor ClaimLine {
    private struct Waiter {
        let agent: StaffID
        let turn: CheckedContinuation<Void, any Error>
    }

    /// Who waits for each lead that is being claimed, in the order of their coming.
    private var lines: [LeadID: [Waiter]] = [:]

    /// How many wait for a lead.
    func length(for lead: LeadID) -> Int { lines[lead]?.count ?? 0 }

    /// Claims when it is this agent's turn, unless the lead is found to be somebody else's meanwhile.
    ///
    /// - Throws: what `claim` throws; ``ClaimRefusal/taken(_:)`` also where another's claim found it out.
    func take<Answer: Sendable>(
        _ lead: LeadID,
        by agent: StaffID,
        _ claim: @Sendable () async throws -> Answer
    ) async throws -> Answer {
        if lines[lead] == nil {
            lines[lead] = []
        } else {
            try await withCheckedThrowingContinuation { turn in
                lines[lead, default: []].append(Waiter(agent: agent, turn: turn))
            }
        }
        defer { passOn(lead) }
        let present = length(for: lead)
        do {
            return try await claim()
        } catch ClaimRefusal.taken(let taken) {
            refuse(lead, taken, to: present)
            throw ClaimRefusal.taken(taken)
        }
    }

    /// Tells the first `count` of the line.
    ///
    /// Who has the lead may be asking again for the answer that they did not hear: they keep their place.
    private func refuse(_ lead: LeadID, _ taken: ClaimStore.Taken, to count: Int) {
        guard let line = lines[lead] else { return }
        let told = line.prefix(count).filter { $0.agent != taken.ownerID }
        lines[lead] = line.prefix(count).filter { $0.agent == taken.ownerID } + line.dropFirst(count)
        for waiter in told { waiter.turn.resume(throwing: ClaimRefusal.taken(taken)) }
    }

    private func passOn(_ lead: LeadID) {
        guard var line = lines[lead], !line.isEmpty else {
            lines[lead] = nil
            return
        }
        let next = line.removeFirst()
        lines[lead] = line
        next.turn.resume()
    }
}
