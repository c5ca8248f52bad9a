import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Return on marketing")
struct ReturnTests {
    private struct Place: Hashable {
        let touch: String
        let day: String
        let channel: String
        let campaign: String
    }

    private static func body(_ channel: String, _ campaign: String?, _ phone: Int, _ id: Int) -> ReceivedSubmission {
        let named = campaign.map { #""campaign": "\#($0)","# } ?? ""
        return Office.submission(
            #"{"channel": "\#(channel)", \#(named) "externalId": "\#(id)", "person": {"phones": ["138000000\#(10 + phone)"]}}"#,
            channel: channel
        )
    }

    /// The sums as the fold has kept them.
    private func kept(_ office: Office) async throws -> [Place: [Int]] {
        let rows = try await office.spine.read { tx in
            try await tx.all(
                """
                SELECT touch, day::text AS day, channel, campaign, leads, valid, contacted, visited, won, revenue
                  FROM return_days
                 WHERE (leads, valid, contacted, visited, won, revenue) IS DISTINCT FROM (0, 0, 0, 0, 0, 0)
                """
            ) { row in
                let place = Place(
                    touch: try row["touch"],
                    day: try row["day"],
                    channel: try row["channel"],
                    campaign: try row["campaign"]
                )
                let figures: [Int] = [
                    try row["leads"], try row["valid"], try row["contacted"], try row["visited"], try row["won"],
                    try row["revenue"],
                ]
                return (place, figures)
            }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    private struct Touch: Sendable {
        let lead: UUID
        let channel: String
        let campaign: String
        let at: Date
        let id: UUID
    }

    /// The sums counted anew, lead by lead, from what is stored about leads, submissions, visits and wins.
    private func recount(_ office: Office) async throws -> [Place: [Int]] {
        let (leads, touches, visits, wins) = try await office.spine.read { tx in
            (
                try await tx.all(
                    """
                    SELECT id, uid, channel, coalesce(campaign, '') AS campaign, received_at, status, discard_reason,
                           contacted_at IS NOT NULL AS contacted FROM leads ORDER BY received_at, id
                    """
                ) { row in
                    let status: String = try row["status"]
                    let reason: String? = try row["discard_reason"]
                    let isBad = status == "discarded" && ["spam", "not-reachable"].contains(reason ?? "")
                    return (
                        touch: Touch(
                            lead: try row["id"],
                            channel: try row["channel"],
                            campaign: try row["campaign"],
                            at: try row["received_at"],
                            id: try row["uid"]
                        ), isValid: !isBad, isContacted: try row["contacted"] as Bool
                    )
                },
                try await tx.all(
                    """
                    SELECT id, lead_id, channel, coalesce(campaign, '') AS campaign, received_at FROM submissions
                     WHERE lead_id IS NOT NULL
                    """
                ) { row in
                    Touch(
                        lead: try row["lead_id"],
                        channel: try row["channel"],
                        campaign: try row["campaign"],
                        at: try row["received_at"],
                        id: try row["id"]
                    )
                },
                try await tx.all("SELECT lead_id FROM lead_visits") { try $0["lead_id"] as UUID },
                try await tx.all("SELECT lead_id, minor, won_at FROM lead_wins") { row in
                    (lead: try row["lead_id"] as UUID, minor: try row["minor"] as Int, at: try row["won_at"] as Date)
                }
            )
        }
        var sums: [Place: [Int]] = [:]
        for lead in leads {
            let own = wins.filter { $0.lead == lead.touch.lead }
            let until = own.map(\.at).max() ?? .distantFuture
            let first = leads.first { $0.touch.id == lead.touch.id }?.touch ?? lead.touch
            let last = touches.filter { $0.lead == lead.touch.lead && $0.at <= until }
                .max { ($0.at, $0.id.wire) < ($1.at, $1.id.wire) }
            let figures = [
                1, lead.isValid ? 1 : 0, lead.isContacted ? 1 : 0, visits.contains(lead.touch.lead) ? 1 : 0,
                own.isEmpty ? 0 : 1, own.reduce(0) { $0 + $1.minor },
            ]
            for (name, touch) in [("first", first), ("last", last ?? lead.touch)] {
                let place = Place(
                    touch: name,
                    day: Day(lead.touch.at, in: .shanghai).text,
                    channel: touch.channel,
                    campaign: touch.campaign
                )
                sums[place] = zip(sums[place] ?? [0, 0, 0, 0, 0, 0], figures).map { $0 + $1 }
            }
        }
        return sums
    }

    private func happens(_ step: Int, _ office: Office, _ agent: StaffID, _ dice: inout Dice) async throws {
        let leads = try await office.leads()
        let lead = leads.randomElement(using: &dice)
        switch Int.random(in: 0..<10, using: &dice) {
        case 0...4:
            let channel = Bool.random(using: &dice) ? "web" : "showroom"
            let campaign = [nil, "autumn", "winter"].randomElement(using: &dice) ?? nil
            let phone = Int.random(in: 0..<12, using: &dice)
            try await office.push([Self.body(channel, campaign, phone, step)])
        case 5, 6:
            guard let lead else { return }
            let contact = ContactLogged(
                contactID: .new(),
                uid: lead.uid,
                leadID: lead.id,
                staffID: agent,
                kind: Bool.random(using: &dice) ? "visit" : "call",
                isReached: Int.random(in: 0..<3, using: &dice) > 0,
                contactedAt: office.spine.clock.now
            )
            try await office.hear(contact, about: contact.contactID, uid: lead.uid)
        case 7:
            guard let lead, lead.status.isOpen else { return }
            let reason = DiscardReason.choosable.randomElement(using: &dice) ?? .spam
            let head = Principal(staffID: .v7(), name: "H", email: "h@l.example", role: .head, scope: .all)
            try await office.spine.perform(.staff(agent)) { work in
                try await office.app.discardLead(lead.id, reason: reason.rawValue, note: nil, head.leadSight, work)
            }
        case 8:
            guard let lead else { return }
            try await deal(of: lead, office, agent, isLost: Bool.random(using: &dice))
        default: _ = try await office.app.foldReturn()
        }
    }

    /// A deal that is won, twice told, and perhaps lost after all.
    private func deal(of lead: Lead, _ office: Office, _ agent: StaffID, isLost: Bool) async throws {
        let id = DealID.new()
        let opened = DealOpened(
            dealID: id,
            uid: lead.uid,
            leadID: lead.id,
            ownerID: agent,
            title: "t",
            stage: "first-talk"
        )
        try await office.hear(opened, about: id, uid: lead.uid)
        let won = DealWon(
            dealID: id,
            uid: lead.uid,
            leadID: lead.id,
            ownerID: agent,
            contractID: .new(),
            price: Money(minor: 1_000)
        )
        for _ in 0..<2 { try await office.hear(won, about: id, uid: lead.uid) }
        if isLost {
            let lost = DealLost(dealID: id, uid: lead.uid, leadID: lead.id, ownerID: agent, reason: "other")
            for _ in 0..<2 { try await office.hear(lost, about: id, uid: lead.uid) }
        }
    }

    @Test("whatever happens in whatever order, the sums equal a recount", arguments: [1, 2, 3] as [UInt64])
    func recounted(_ seed: UInt64) async throws {
        try await Office.open { office in
            let agent = try await office.staff(capacity: 1_000)
            var dice = Dice(seed)
            for step in 0..<90 { try await happens(step, office, agent, &dice) }
            try await office.app.foldReturn.all()
            let kept = try await kept(office)
            #expect(try await kept == recount(office))
            #expect(kept.values.contains { $0[4] > 0 })
            #expect(try await office.spine.read { try await ReturnFoldStore($0).waiting() } == 0)
            let filed = try await office.count("SELECT count(*) AS count FROM submissions")
            let counted = try await office.count("SELECT sum(count)::bigint AS count FROM return_outcomes")
            #expect(filed == counted)
        }
    }

    @Test("two replicas that fold at once count nothing twice")
    func replicas() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiries(20))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { try await office.app.foldReturn.all() } }
                try await group.waitForAll()
            }
            try await office.app.foldReturn.all()
            #expect(try await kept(office) == recount(office))
        }
    }

    @Test("another channel's touch before the win is the last one; the person's first lead keeps the first")
    func touches() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push([Self.body("web", "autumn", 1, 1)])
            try await office.push([Self.body("showroom", nil, 1, 2)])
            let lead = try await office.leads()[0]
            try await deal(of: lead, office, agent, isLost: false)
            try await office.app.foldReturn.all()
            let today = Day(office.spine.clock.now, in: .shanghai)
            let period = Period(from: today.advanced(by: -1), to: today.advanced(by: 1))
            for (touch, channel, campaign) in [("first", "web", "autumn"), ("last", "showroom", "")] {
                let figures = try await office.spine.read { tx in
                    try await ReturnQueryStore(tx).figures(period, touch: touch)
                }
                #expect(figures.lines.map(\.channel) == [channel])
                #expect(figures.lines.map(\.campaign) == [campaign])
                #expect(figures.lines.map(\.won) == [1])
                #expect(figures.lines.map(\.revenue) == [1_000])
            }
        }
    }

    @Test("persons who turn out to be one have one first touch and one lead, until that is taken back")
    func merged() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push([Self.body("web", "autumn", 1, 1)])
            try await office.push([Self.body("showroom", nil, 2, 2)])
            try await office.app.foldReturn.all()
            let leads = try await office.leads()
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await work.tx.execute(
                    """
                    UPDATE leads SET status = 'merged', hidden_status = 'open', merged_into = \(leads[0].id),
                                     uid = \(leads[0].uid)
                     WHERE id = \(leads[1].id)
                    """
                )
            }
            try await office.app.foldReturn.all()
            let one = try await kept(office).filter { $0.key.touch == "first" }
            #expect(one.map(\.key.channel) == ["web"])
            #expect(one.map(\.value) == [[1, 1, 0, 0, 0, 0]])
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await work.tx.execute(
                    """
                    UPDATE leads SET status = 'discarded', discard_reason = 'other', hidden_status = NULL,
                                     merged_into = NULL
                     WHERE id = \(leads[1].id)
                    """
                )
            }
            try await office.app.foldReturn.all()
            #expect(try await kept(office) == recount(office))
        }
    }
}
