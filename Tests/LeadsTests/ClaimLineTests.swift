import Contracts
import Foundation
import Messaging
import Synchronization
import Testing

@testable import Leads

/// Many who want the same lead at the same moment.
struct ClaimLineTests {
    private let line = ClaimLine()
    private let lead = LeadID(UUID())
    private let owner = ClaimStore.Taken(
        ownerID: StaffID(UUID()),
        name: "李雷",
        at: Date(timeIntervalSince1970: 1_790_000_000)
    )

    /// Claims that say what they are told to when they are allowed to, and count how often they were asked.
    private final class Database: Sendable {
        let asked = Mutex(0)
        let gate = Signal()

        func claim(_ answer: @Sendable () throws -> String) async throws -> String {
            asked.withLock { $0 += 1 }
            await gate.wait(atMost: .seconds(60))
            return try answer()
        }
    }

    private func wait(for count: Int) async {
        while await line.length(for: lead) < count { await Task.yield() }
    }

    @Test func `whoever waits when somebody asks is told what they heard`() async throws {
        let database = Database()
        let (line, lead, owner) = (line, lead, owner)
        try await withThrowingTaskGroup(of: ClaimRefusal.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    await #expect(throws: ClaimRefusal.taken(owner)) {
                        try await line.take(lead, by: StaffID(UUID())) {
                            try await database.claim { throw ClaimRefusal.taken(owner) }
                        }
                    } ?? .frozen
                }
            }
            // The first asks before anybody else has come, so that what it hears is not for the others.
            await wait(for: 99)
            database.gate.poke()
            while database.asked.withLock({ $0 }) < 2 { await Task.yield() }
            database.gate.poke()
            for try await refusal in group { #expect(refusal == .taken(owner)) }
        }
        #expect(database.asked.withLock { $0 } == 2)
        #expect(await line.length(for: lead) == 0)
    }

    @Test func `a reason that is one agent's own lets the next one ask`() async throws {
        let database = Database()
        database.gate.poke()
        let (line, lead) = (line, lead)
        await #expect(throws: ClaimRefusal.full(load: 30)) {
            try await line.take(lead, by: StaffID(UUID())) {
                try await database.claim { throw ClaimRefusal.full(load: 30) }
            }
        }
        database.gate.poke()
        let answer = try await line.take(lead, by: StaffID(UUID())) { try await database.claim { "yours" } }
        #expect(answer == "yours")
    }

    @Test func `whoever has the lead and asks again is not refused by another's question`() async throws {
        let database = Database()
        let (line, lead, owner) = (line, lead, owner)
        async let first = line.take(lead, by: StaffID(UUID())) { try await database.claim { "somebody" } }
        while database.asked.withLock({ $0 }) < 1 { await Task.yield() }
        let late = Task {
            try await line.take(lead, by: StaffID(UUID())) {
                try await database.claim { throw ClaimRefusal.taken(owner) }
            }
        }
        await wait(for: 1)
        async let again = line.take(lead, by: owner.ownerID) { try await database.claim { "as before" } }
        await wait(for: 2)
        database.gate.poke()
        #expect(try await first == "somebody")
        while database.asked.withLock({ $0 }) < 2 { await Task.yield() }
        database.gate.poke()
        await #expect(throws: ClaimRefusal.taken(owner)) { try await late.value }
        while database.asked.withLock({ $0 }) < 3 { await Task.yield() }
        database.gate.poke()
        #expect(try await again == "as before")
    }

    @Test func `different leads do not wait for each other`() async throws {
        let database = Database()
        let (line, lead) = (line, lead)
        async let slow = line.take(lead, by: StaffID(UUID())) { try await database.claim { "one" } }
        while database.asked.withLock({ $0 }) < 1 { await Task.yield() }
        #expect(try await line.take(LeadID(UUID()), by: StaffID(UUID())) { "another" } == "another")
        database.gate.poke()
        #expect(try await slow == "one")
    }
}
