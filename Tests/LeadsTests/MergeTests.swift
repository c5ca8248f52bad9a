import Contracts
import Failures
import Foundation
import Messaging
import TestSupport
import Testing

@testable import Leads

@Suite("Merge and unmerge")
struct MergeTests {
    @Test("a merge gives one person the whole, every old UID resolves, and taking it back gives each what they had")
    func wayAndBack() async throws {
        try await Office.open { office in
            try await office.staff()
            let (one, other) = try await office.two()
            let before = try await office.sides([one, other])
            let merge = try await office.merge(other, into: one)
            #expect(try await office.survivor(of: other) == one)
            let joined = try #require(try await office.sides([one])[one])
            #expect(joined.identifiers.count == 2)
            #expect(joined.person.name == "张三")
            #expect(try await office.leads().map(\.uid) == [one, one])
            #expect(try await office.leads().map(\.status) == [.open, .merged])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])

            try await office.unmerge(merge.id)
            let after = try await office.sides([one, other])
            for uid in [one, other] {
                #expect(MergeSnapshot.Part(try #require(after[uid])) == MergeSnapshot.Part(try #require(before[uid])))
            }
            #expect(try await office.leads().map(\.status) == [.open, .open])
            #expect(try await office.leads().map(\.uid) == [one, other])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
            await #expect(throws: Rejection.self) { try await office.unmerge(merge.id) }
        }
    }

    @Test("what comes after the merge goes to the side that it names, else to the survivor")
    func afterwards() async throws {
        try await Office.open { office in
            let (one, other) = try await office.two()
            let merge = try await office.merge(other, into: one)
            // Names the merged one by their phone, and brings a mail of theirs.
            try await office.push(Office.enquiry("3", phone: "13900000002", email: "b@example.com"))
            // Names neither of the two sides alone.
            try await office.push(Office.enquiry("4", phone: "13900000001", email: "a@example.com"))
            #expect(try await office.leads().map(\.uid) == [one, one])
            try await office.unmerge(merge.id)
            let after = try await office.sides([one, other])
            #expect(after[one]?.person.card.emails == ["a@example.com"])
            #expect(after[other]?.person.card.emails == ["b@example.com"])
            #expect(after[other]?.person.card.phones == ["+8613900000002"])
        }
    }

    @Test("of two open leads the one that is further along stands, whoever's it is")
    func standing() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let (one, other) = try await office.two()
            let theirs = try await office.leads()[1]
            let contact = ContactLogged.reached(other, theirs.id, by: agent)
            try await office.hear(contact, about: other, uid: other)
            let merge = try await office.merge(other, into: one)
            #expect(try await office.leads().map(\.status) == [.merged, .contacted])
            // An enquiry touches the one that stands.
            try await office.push(Office.enquiry("3", phone: "13900000001"))
            #expect(try await office.leads().map(\.touches) == [1, 2])
            try await office.unmerge(merge.id)
            #expect(try await office.leads().map(\.status) == [.open, .contacted])
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("what other services say of an old UID, or of a lead that waits, is applied to the survivor")
    func late() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let (one, other) = try await office.two()
            let leads = try await office.leads()
            try await office.merge(other, into: one)
            try await office.hear(ContactLogged.reached(other, leads[1].id, by: agent), about: other, uid: other)
            #expect(try await office.leads().map(\.status) == [.contacted, .merged])
            let stop = RecipientOptedOut(uid: other, channel: "sms", source: "stop-reply")
            let id = UUID.v7()
            for _ in 0..<2 { try await office.hear(stop, about: other, uid: other, id: id) }
            #expect(try await office.sides([one])[one]?.person.consent.sms == false)
            #expect(try await office.spine.events(of: ConsentChanged.self).map(\.uid) == [one])
        }
    }

    @Test("a no that is said again outdoes a yes that was noted in between of somebody who turns out to be the same")
    func refusedAgain() async throws {
        try await Office.open { office in
            try await office.staff()
            let (one, other) = try await office.two()
            func refuses() async throws {
                try await office.spine.advanceClock(bySeconds: 1)
                let stop = RecipientOptedOut(uid: one, channel: "sms", source: "stop-reply")
                try await office.hear(stop, about: one, uid: one)
            }
            try await refuses()
            try await office.spine.advanceClock(bySeconds: 1)
            try await office.spine.perform(.staff(.new())) { work in
                let sight = Cast.head.principal.leadSight
                try await office.app.tellOfPerson(other, ["consent.contact.sms": "yes"], sight, work)
            }
            try await refuses()
            try await office.merge(other, into: one)
            #expect(try await office.sides([one])[one]?.person.consent.sms == false)
        }
    }

    @Test("two whom one submission names are joined when their names agree, and put up for review when they do not")
    func oneSubmission() async throws {
        try await Office.open { office in
            let (one, other) = try await office.two()
            let both = Office.enquiry("3", phone: "13900000001", more: "")
                .replacingOccurrences(of: #"["13900000001"]"#, with: #"["13900000001", "13900000002"]"#)
            try await office.push(both)
            try await office.settleMatches()
            #expect(try await office.survivor(of: other) == one)
        }
        try await Office.open { office in
            let (one, other) = try await office.two(names: ("张三", "李四"))
            let both = Office.enquiry("3", phone: "13900000001")
                .replacingOccurrences(of: #"["13900000001"]"#, with: #"["13900000001", "13900000002"]"#)
            try await office.push(both)
            try await office.settleMatches()
            #expect(try await office.survivor(of: other) == other)
            let review = try #require(try await office.reviews().first)
            #expect(review.pair == UIDPair(one, other))
            #expect(review.why.rule == "identity.one-submission")
            // Different people, also when a submission names both: the name says whose it is.
            try await office.decide(review.id, .different)
            let again = both.replacingOccurrences(of: "张三", with: "李四").replacingOccurrences(of: #""3""#, with: #""4""#)
            try await office.push(again)
            try await office.settleMatches()
            #expect(try await office.survivor(of: other) == other)
            #expect(try await office.reviews() == [])
            #expect(try await office.leads().map(\.touches) == [2, 2])
            await #expect(throws: Rejection.self) { try await office.merge(other, into: one) }
        }
    }

    @Test("who probably is somebody we know is found by what they share, once, and never again once decided")
    func probable() async throws {
        try await Office.open { office in
            let need = #", "need": {"projects": ["river-park"]}"#
            try await office.push(Office.enquiry("1", phone: "13900000001", more: need))
            try await office.settleMatches()
            #expect(try await office.reviews() == [])
            try await office.push(Office.enquiry("2", phone: "13711111111", more: need))
            try await office.push(Office.enquiry("3", phone: "13900000002"))
            try await office.settleMatches()
            let rules = try await office.reviews().map(\.why.rule)
            #expect(Set(rules) == ["identity.name-and-project", "identity.phone-one-off"])
            for review in try await office.reviews() { try await office.decide(review.id, .different) }
            try await office.push(Office.enquiry("4", phone: "13711111111", email: "c@example.com", more: need))
            try await office.settleMatches()
            #expect(try await office.reviews() == [])
        }
    }
}
