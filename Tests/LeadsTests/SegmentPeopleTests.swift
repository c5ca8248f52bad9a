import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Segments of people with several leads")
struct SegmentPeopleTests {
    /// Six people who enquired long ago, and what has happened with them since.
    private enum Cast: Int, CaseIterable {
        case enquiredAgain
        case quiet
        case called
        case calledAfterClosing
        case spokenWith
        /// Once over the website, once in the showroom.
        case bothWays
    }

    private func people(_ body: (Office, [UID]) async throws -> Void) async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let phones = Cast.allCases.map { "1390000000\($0.rawValue)" }
            for (number, phone) in phones.enumerated() {
                try await office.push(Office.enquiry("old-\(number)", phone: phone))
            }
            let leads = try await office.leads()
            try await office.age(leads.map(\.id), days: 100)
            for one in [Cast.enquiredAgain, .calledAfterClosing, .bothWays] {
                try await office.close(leads[one.rawValue].id)
            }
            try await office.push(Office.enquiry("new", phone: phones[Cast.enquiredAgain.rawValue]))
            let visit = Office.enquiry("visit", phone: phones[Cast.bothWays.rawValue])
                .replacing(#""channel": "web""#, with: #""channel": "showroom""#)
            try await office.push(visit, channel: "showroom")
            try await office.age(try await office.leads().suffix(1).map(\.id), days: 100)
            for one in [Cast.called, .calledAfterClosing] {
                let lead = leads[one.rawValue]
                try await office.calls(lead, by: agent, isReached: false, at: Date())
            }
            let spoken = leads[Cast.spokenWith.rawValue]
            try await office.calls(spoken, by: agent, isReached: true, at: Date().addingTimeInterval(-90 * 86_400))
            try await office.calls(spoken, by: agent, isReached: true, at: Date().addingTimeInterval(-86_400))
            try await body(office, leads.map(\.uid))
        }
    }

    @Test("quiet is with whom nothing at all has happened, by none of their leads; active is everybody else")
    func quiet() async throws {
        try await people { office, uids in
            let quiet: Set<UID> = [uids[Cast.quiet.rawValue], uids[Cast.bothWays.rawValue]]
            let active = Set(uids).subtracting(quiet)
            let cases: [(SegmentTest, Set<UID>)] = [
                (SegmentTest(.quietForDays, "30"), quiet), (SegmentTest(.quietForDays, "30", isNot: true), active),
                (SegmentTest(.activeWithinDays, "30"), active),
                (SegmentTest(.activeWithinDays, "30", isNot: true), quiet),
                (SegmentTest(.quietForDays, "200"), []), (SegmentTest(.activeWithinDays, "200"), Set(uids)),
            ]
            for (test, expected) in cases {
                let found = try await office.members([test])
                #expect(found == expected, "\(test)")
            }
        }
    }

    @Test("what is asked not to be is so of no lead of theirs")
    func opposites() async throws {
        try await people { office, uids in
            let both = uids[Cast.bothWays.rawValue]
            let closed = Set([Cast.enquiredAgain, .calledAfterClosing, .bothWays].map { uids[$0.rawValue] })
            let cases: [([SegmentTest], Set<UID>)] = [
                ([SegmentTest(.channel, "showroom")], [both]),
                ([SegmentTest(.channel, "web", isNot: true)], []),
                ([SegmentTest(.channel, "showroom", isNot: true)], Set(uids).subtracting([both])),
                ([SegmentTest(.status, "discarded", isNot: true)], Set(uids).subtracting(closed)),
                // One lead answers to everything that is asked to be; what is asked not to be, none does.
                ([SegmentTest(.channel, "showroom"), SegmentTest(.status, "discarded")], []),
                ([SegmentTest(.channel, "showroom"), SegmentTest(.status, "open")], [both]),
                ([SegmentTest(.channel, "showroom"), SegmentTest(.status, "discarded", isNot: true)], []),
                (
                    [SegmentTest(.channel, "web"), SegmentTest(.activeWithinDays, "30", isNot: true)],
                    [uids[Cast.quiet.rawValue], both]
                ),
            ]
            for (tests, expected) in cases {
                let found = try await office.members(tests)
                #expect(found == expected, "\(tests)")
            }
        }
    }

    @Test("who sees only some leads is not told of people by leads that they do not see")
    func sight() async throws {
        try await people { office, uids in
            try await office.spine.perform(Cause(actor: "test")) { work in
                _ = try await work.tx.execute("UPDATE leads SET owner_id = NULL, team_id = NULL, pool = 'main'")
            }
            let own = Principal(staffID: .v7(), name: "B", email: "b@l.example", role: .manager, scope: .own)
            let sight = own.leadSight
            for test in [SegmentTest(.quietForDays, "30"), SegmentTest(.channel, "showroom", isNot: true)] {
                let count = try await office.spine.read { tx in
                    try await SegmentStore(tx).count([test], sight, now: Date())
                }
                #expect(count == 0, "\(test)")
            }
            #expect(uids.count == Cast.allCases.count)
        }
    }
}

extension Office {
    /// Lets leads have arrived so many days ago, with nothing since.
    fileprivate func age(_ leads: [LeadID], days: Int) async throws {
        let at = Date().addingTimeInterval(-Double(days) * 86_400)
        try await spine.perform(Cause(actor: "test")) { work in
            _ = try await work.tx.execute(
                """
                UPDATE leads SET received_at = \(at), assigned_at = \(at), last_touch_at = \(at)
                 WHERE id = ANY(\(leads.map(\.uuid))::uuid[])
                """
            )
        }
    }

    fileprivate func close(_ lead: LeadID) async throws {
        let head = Principal(staffID: .v7(), name: "H", email: "h@l.example", role: .head, scope: .all)
        try await spine.perform(.staff(StaffID(head.staffID))) { work in
            try await app.discardLead(lead, reason: "no-need", note: nil, head.leadSight, work)
        }
    }
}
