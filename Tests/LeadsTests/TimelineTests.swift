import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("The story of a lead")
struct TimelineTests {
    /// What Leads journals about one lead: what names it, and is no story of its own as a referral is.
    private static func events() throws -> [any Contract.Type] {
        try Registry.contracts.filter {
            try $0.name.text.hasPrefix("leads.") && $0 != ReferralChanged.self
                && $0.journalled().members.contains("leadID")
        }
    }

    @Test("everything that is journalled about a lead is told in words, with its why", arguments: [false, true])
    func words(_ isChinese: Bool) throws {
        let viewer = try FrontDoor.pages().viewer(isChinese ? .chinese : .english)
        let timeline = LeadTimeline(names: [:], viewer: viewer)
        let events = try Self.events()
        #expect(events.count >= 10)
        for event in events {
            let (json, members) = try event.journalled()
            let hasWhy = !members.isDisjoint(with: ["why", "gradeWhy"])
            let entry = timeline.entry(
                LeadHistoryEntry(
                    id: .v7(),
                    sequence: 1,
                    name: event.name,
                    actor: "system",
                    at: Date(),
                    data: JSONText(json)
                )
            )
            #expect(entry.heading != event.name.text, "\(event.name.text) has no words")
            #expect(!entry.heading.contains("leads."), "\(event.name.text): \(entry.heading)")
            #expect((entry.why != nil) == hasWhy, "\(event.name.text)")
        }
    }

    @Test("of a long story a page tells a hundred events, the last first, and leads to those before them")
    func long() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.push((0..<240).map { Office.submission(Office.enquiry("\($0)")) })
            try await office.push(Office.enquiry("last"))
            let lead = try #require(try await office.leads().first)
            let told = try await office.spine.read { try await LeadHistoryStore($0).of(lead.id, limit: 500) }
            let touches = try await office.spine.read { try await LedgerQueryStore($0).of(lead.id) }
            #expect(touches.count == 100 && touches.last?.key == "last")
            var path: String? = "/leads/leads/\(lead.id)"
            var seen: [String] = []
            for _ in 0..<10 {
                guard let here = path else { break }
                let page = try await client.get(here, as: head).text
                let sources = page.matches(of: /(leads\.[a-z0-9.-]+) · ([0-9a-f]{8})/).map { String($0.output.2) }
                #expect(sources.count <= 100)
                seen += sources
                path = page.firstMatch(of: /rel="next" href="([^"#]*\?before=[0-9]+)#lead-story"/).map {
                    String($0.output.1)
                }
            }
            #expect(seen == told.reversed().map { String($0.id.wire.prefix(8)) })
            #expect(seen.count > 240)
        }
    }
}

extension Contract {
    /// An example as the journal keeps it, and what it consists of.
    fileprivate static func journalled() throws -> (json: String, members: Set<String>) {
        let data = try Wire.encoder.encode(example)
        let object = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        return (String(decoding: data, as: UTF8.self), Set(object.keys))
    }
}
