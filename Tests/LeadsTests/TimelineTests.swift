import Contracts
import Foundation
import Messaging
import Postgres
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
                LeadHistoryEntry(id: .v7(), name: event.name, actor: "system", at: Date(), data: JSONText(json))
            )
            #expect(entry.heading != event.name.text, "\(event.name.text) has no words")
            #expect(!entry.heading.contains("leads."), "\(event.name.text): \(entry.heading)")
            #expect((entry.why != nil) == hasWhy, "\(event.name.text)")
        }
    }

    @Test("of a story that is too long for a page the last is told, in order")
    func long() async throws {
        try await Office.open { office in
            try await office.push((0..<600).map { Office.submission(Office.enquiry("\($0)")) })
            try await office.push(Office.enquiry("last"))
            let lead = try #require(try await office.leads().first)
            let (history, touches) = try await office.spine.read { tx in
                (try await LeadHistoryStore(tx).of(lead.id), try await LedgerQueryStore(tx).of(lead.id))
            }
            let told = history.compactMap { try? $0.data.decode(LeadTouched.self).touches }
            #expect(told == Array(102...601))
            #expect(touches.count == 100 && touches.last?.key == "last")
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
