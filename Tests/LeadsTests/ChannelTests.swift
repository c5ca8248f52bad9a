import AMQP
import Contracts
import Failures
import Foundation
import FoundationNetworking
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Channels")
struct ChannelTests {
    private static let website = ChannelDraft(kind: "website")

    private func keep(_ office: Office) -> KeepChannels { KeepChannels(zone: .shanghai, hasBroker: true) }

    private func make(_ name: String, _ office: Office, _ draft: ChannelDraft = website) async throws {
        let keep = keep(office)
        try await office.spine.perform(.staff(.new())) { work in try await keep.add(name, draft, work) }
    }

    private func key(_ name: String, _ office: Office) async throws -> String {
        let keep = keep(office)
        return try await office.spine.perform(.staff(.new())) { work in try await keep.addKey(to: name, work).text }
    }

    private func accepts(_ key: String, _ name: String, _ office: Office) async throws -> Bool {
        try await office.spine.read { tx in try await ChannelKeyStore(tx).accepts(key, of: name) }
    }

    @Test("a channel has as many valid keys as it needs, and one is revoked without touching the others")
    func keys() async throws {
        try await Office.open { office in
            try await make("douyin", office)
            let old = try await key("douyin", office)
            let new = try await key("douyin", office)
            #expect(try await accepts(old, "douyin", office))
            #expect(try await accepts(new, "douyin", office))
            #expect(try await !accepts(old, "web", office))
            let made = try await office.spine.read { tx in try await ChannelKeyStore(tx).of("douyin") }
            let first = try #require(made.first { old.hasSuffix($0.hint) })
            let keep = keep(office)
            try await office.spine.perform(.staff(.new())) { work in
                try await keep.revokeKey(first.id, of: "douyin", work)
            }
            #expect(try await !accepts(old, "douyin", office))
            #expect(try await accepts(new, "douyin", office))
            await #expect(throws: Rejection.self) {
                try await office.spine.perform(.staff(.new())) { work in
                    try await keep.revokeKey(first.id, of: "douyin", work)
                }
            }
        }
    }

    @Test("neither a key nor a password is stored")
    func digests() async throws {
        try await Office.open { office in
            try await make("douyin", office)
            let key = try await key("douyin", office)
            let stored = try await office.count("SELECT count(*) AS count FROM channel_keys WHERE digest = \(key)")
            #expect(stored == 0)
            let told = try await office.spine.read { tx in
                try await ChannelRecordStore(tx).changes(of: "douyin").flatMap(\.detail.values)
            }
            #expect(!told.contains(key))
        }
    }

    @Test("a key of the file that was revoked stays so, and one that the file no longer has is not valid any more")
    func seeded() async throws {
        try await Office.open { office in
            #expect(try await accepts("secret", "web", office))
            let seed = { (key: String) in Channel(ChannelSeed(name: "web", kind: "website", key: key)) }
            let next = seed("next")
            try await office.spine.perform(Cause(actor: "test")) { work in try await ChannelStore(work.tx).save([next])
            }
            #expect(try await !accepts("secret", "web", office))
            #expect(try await accepts("next", "web", office))
            let keep = keep(office)
            try await office.spine.perform(.staff(.new())) { work in
                let keys = try await ChannelKeyStore(work.tx).of("web")
                for key in keys where key.revokedAt == nil { try await keep.revokeKey(key.id, of: "web", work) }
            }
            try await office.spine.perform(Cause(actor: "test")) { work in try await ChannelStore(work.tx).save([next])
            }
            #expect(try await !accepts("next", "web", office))
        }
    }

    @Test(
        "a name must be a routing key's word",
        arguments: ["", "Web", "a.b", "-a", "渠道", "unknown", String(repeating: "a", count: 64)]
    )
    func names(_ name: String) async throws {
        #expect(throws: Rejection.self) { try ChannelRules.check(name: name) }
    }

    @Test("there is one channel of a name")
    func once() async throws {
        try await Office.open { office in
            try await make("douyin", office)
            await #expect(throws: Rejection.self) { try await make("douyin", office) }
        }
    }

    @Test("what names no campaign belongs to the channel's own")
    func campaign() async throws {
        try await Office.open { office in
            try await office.staff()
            let keep = keep(office)
            let draft = ChannelDraft(kind: "website", defaultCampaign: "autumn")
            try await office.spine.perform(.staff(.new())) { work in try await keep.change("web", draft, work) }
            try await office.push(
                Office.enquiry("1"),
                Office.enquiry("2", phone: "13800000002", more: #", "campaign": "x""#)
            )
            let campaigns: [String?] = try await office.spine.read { tx in
                try await tx.all("SELECT campaign FROM leads ORDER BY campaign") { try $0["campaign"] }
            }
            #expect(campaigns == ["autumn", "x"])
        }
    }

    @Test("a cost holds from its day on")
    func costs() async throws {
        try await Office.open { office in
            let day = try #require(Day("2026-03-01"))
            let cost = ChannelCost(basis: .lead, amount: Money(minor: 1_250))
            try await office.spine.perform(.staff(.new())) { work in
                try await ChannelRecordStore(work.tx).set(cost, of: "web", since: day)
            }
            let costs = try await office.spine.read { tx in
                let store = ChannelRecordStore(tx)
                return [try await store.find("web", on: day.advanced(by: -1)), try await store.find("web", on: day)]
            }
            #expect(costs.map { $0?.cost } == [nil, cost])
        }
    }
}

@Suite("Days and amounts")
struct DayTests {
    @Test("days are counted as Foundation counts them")
    func calendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for number in stride(from: 0, to: 40_000, by: 13) {
            let parts = calendar.dateComponents(
                [.year, .month, .day],
                from: Date(timeIntervalSince1970: Double(number) * 86_400)
            )
            let day = Day(number: number)
            #expect(Day(day.text) == day)
            #expect(day.dayOfMonth == parts.day)
            #expect(day.text.hasPrefix("\(parts.year ?? 0)-"))
        }
        #expect(Day("2028-02-01")?.daysInMonth == 29)
        #expect(Day("2026-02-30") == nil)
        #expect(Day(Date(timeIntervalSince1970: 1_795_363_199), in: .shanghai).text == "2026-11-22")
        #expect(Day(Date(timeIntervalSince1970: 1_795_363_200), in: .shanghai).text == "2026-11-23")
    }

    @Test("amounts are read as people write them")
    func amounts() throws {
        #expect(try AmountText.minor("1,234.5", field: "a") == 123_450)
        #expect(try AmountText.minor("20", field: "a") == 2_000)
        #expect(AmountText.text(123_405) == "1234.05")
        for bad in ["", "-1", "1.234", "1e5", "十"] {
            #expect(throws: Rejection.self) { try AmountText.minor(bad, field: "a") }
        }
    }
}
