import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Rotation")
struct RotationTests {
    private static let batches = 40
    fileprivate static let batchSize = 250

    @Test(
        """
        10,000 leads while agents come and go, the process and its database started anew in the middle: everybody's share is \
        off by less than a lead, the order is the one without a restart, and who works here no more gets nothing
        """
    )
    func restarted() async throws {
        try await PrivateServer.run { server in
            var turns = FairTurns(of: (0..<12).map { _ in .new() }, chance: Seeded(10_000))
            let (former, away) = (StaffID.new(), StaffID.new())
            try await Self.life(on: server) { office in
                try await office.openChannels()
                for agent in turns.agents { try await office.staff(agent, capacity: 100_000) }
                try await office.staff(former, capacity: 100_000, active: false)
                try await office.staff(away, capacity: 100_000, onShift: false)
                for batch in 0..<Self.batches / 2 { try await turns.take(batch, office) }
            }
            try await server.restart()
            try await Self.life(on: server) { office in
                for batch in Self.batches / 2..<Self.batches { try await turns.take(batch, office) }
                let owners = try await office.ownersInOrder()
                #expect(owners.count == Self.batches * Self.batchSize)
                let other = zip(owners, turns.owners).enumerated().first { $1.0 != $1.1 }
                #expect(other == nil, "another order from there on")
                let leads = Dictionary(owners.compactMap { $0 }.map { ($0, 1) }, uniquingKeysWith: +)
                for agent in turns.agents {
                    #expect(abs(Double(leads[agent] ?? 0) - (turns.entitled[agent] ?? 0)) < 1)
                }
                #expect(leads[former] == nil && leads[away] == nil)
            }
        }
    }

    /// What one process does from its start to its end: what it knows beyond that is in the database.
    private static func life(on server: PrivateServer, _ body: (Office) async throws -> Void) async throws {
        let logger = testLogger("leads")
        var configuration = Database.Configuration(url: server.url)
        configuration.statementTimeout = .seconds(120)
        let database = Database(configuration, logger: logger)
        let folders = [SpineMigrations.folder, LeadsApp.resources.bundleURL.appending(path: "Migrations")]
        let clock = ServiceClock()
        do {
            _ = try await Migrator(folders: folders, logger: logger).apply(to: database)
            try await clock.load(from: database)
            let spine = Spine(service: "leads", database: database, clock: clock, logger: logger)
            try await body(Office(app: LeadsApp(spine)))
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}

/// Whose turn it is, reckoned in one go and never stored, while the agents of an office come and go by chance.
private struct FairTurns {
    let agents: [StaffID]
    /// Who has each lead, in the order of their arrival.
    private(set) var owners: [StaffID?] = []
    /// Of every lead an equal part for each who could have had it.
    private(set) var entitled: [StaffID: Double] = [:]
    private var chance: Seeded
    private var standing: [Agent]
    private var sequence: Int64 = 1

    init(of agents: [StaffID], chance: Seeded) {
        (self.agents, self.chance) = (agents, chance)
        standing = agents.map { Agent(id: $0, capacity: 100_000) }
    }

    /// Some come, some go; then so many leads come at once, here and in the office.
    mutating func take(_ batch: Int, _ office: Office) async throws {
        sequence += 1
        // One stays, so that no lead waits.
        for index in standing.indices.dropFirst() where Int.random(in: 0..<4, using: &chance) == 0 {
            standing[index].isOnShift.toggle()
            let agent = standing[index]
            try await office.staff(agent.id, capacity: agent.capacity, onShift: agent.isOnShift, sequence: sequence)
        }
        var roster = Roster(rules: RosterTests.rules, agents: standing)
        for _ in 0..<RotationTests.batchSize {
            let free = roster.agents.values.filter(\.isFree)
            for agent in free { entitled[agent.id, default: 0] += 1 / Double(free.count) }
            owners.append(roster.assign(RosterTests.question()).ownerID)
        }
        standing = agents.compactMap { roster.agents[$0] }
        let first = batch * RotationTests.batchSize
        try await office.push(
            (first..<first + RotationTests.batchSize).map { number in
                Office.submission(Office.enquiry("\(number)", phone: "138\(String(format: "%08d", number))"))
            }
        )
    }
}

extension Office {
    /// Who has each lead, in the order in which they came.
    fileprivate func ownersInOrder() async throws -> [StaffID?] {
        try await spine.read { tx in
            try await tx.all(
                """
                SELECT l.owner_id FROM submissions s JOIN leads l ON l.id = s.lead_id ORDER BY s.external_id::integer
                """
            ) { try $0["owner_id"] }
        }
    }
}
