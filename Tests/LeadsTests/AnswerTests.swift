import Contracts
import Foundation
import HTTPTypes
import Messaging
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("What people write back")
struct AnswerTests {
    @Test("an answer is told to whoever has the lead, once, however often it is heard")
    func told() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let answer = office.answer(of: lead.uid, "周六下午可以")
            let id = UUID.v7()
            for _ in 0..<2 { try await office.hear(answer, about: answer.answerID, uid: lead.uid, id: id) }
            // The same once more under another name.
            try await office.hear(answer, about: answer.answerID, uid: lead.uid)
            let told = try await office.spine.events(of: LeadAnswered.self)
            let event = try #require(told.first)
            #expect(told.count == 1 && event.leadID == lead.id && event.message == "周六下午可以")
            #expect(event.ownerID == agent && event.standInID == nil && event.managerID == nil)
            #expect(event.customerName == "张三" && event.why == answer.why)
            let after = try #require(try await office.leads().first)
            #expect(after == lead, "nobody of ours has spoken with them: the clock of the first response goes on")
        }
    }

    @Test("while the owner is on leave whoever leads them hears too; where the owner left or there is none, they do")
    func hearers() async throws {
        try await Office.open { office in
            let manager = try await office.staff(role: "manager")
            let agent = try await office.staff(manager: manager)
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            let today = LocalTime(office.spine.clock.now).day
            let leave = Attendance.Leave(first: LocalTime.date(of: today - 1), last: LocalTime.date(of: today + 2))
            let head = Principal(staffID: .v7(), name: "H", email: "h@l.example", role: .head, scope: .all)
            try await office.hear(ContactLogged.reached(lead.uid, lead.id, by: agent), about: "c", uid: lead.uid)
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.watchAttendance.change(agent, to: .init(leaves: [leave]), head.leadSight, work)
            }
            try await office.hears(office.answer(of: lead.uid, "一"))
            // The lead is given up, and the agent leaves for good.
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.discardLead(lead.id, reason: "no-need", note: nil, head.leadSight, work)
                try await office.app.watchAttendance.change(agent, to: .init(), head.leadSight, work)
            }
            try await office.hears(office.answer(of: lead.uid, "二"))
            try await office.staff(agent, active: false, manager: manager, sequence: 2)
            try await office.hears(office.answer(of: lead.uid, "三"))
            // Somebody for whom nobody is free.
            try await office.push(Office.enquiry("2", phone: "13900000002"))
            let pooled = try #require(try await office.leads().last)
            #expect(pooled.ownerID == nil)
            try await office.hears(office.answer(of: pooled.uid, "四"))
            let told = try await office.spine.events(of: LeadAnswered.self)
            #expect(told.map(\.ownerID) == [agent, agent, nil, nil])
            #expect(told.map(\.standInID) == [manager, nil, nil, nil])
            #expect(told.map(\.managerID) == [nil, nil, manager, manager])
        }
    }

    @Test(
        "who answers is left alone by sequences for a while, or leaves the one that ends by it",
        arguments: ["pause", "end"]
    )
    func sequences(reply: String) async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1"))
            let lead = try #require(try await office.leads().first)
            let id = try await office.nurture(reply: reply)
            try await office.ring(at: office.spine.clock.now)
            try await office.spine.advanceClock(bySeconds: 3_600)
            try await office.hears(office.answer(of: lead.uid, "先不用了"))
            let enrolment = try #require(try await office.enrolments(of: id).first)
            #expect(enrolment.state == (reply == "pause" ? .paused : .exited))
            #expect(enrolment.reason == (reply == "pause" ? nil : "reply"))
            try await office.ring(at: office.spine.clock.now.addingTimeInterval(2 * 86_400))
            #expect(try await office.spine.events(of: NurtureDue.self).isEmpty)
            let changes = try await office.spine.events(of: NurtureChanged.self)
            #expect(changes.map(\.outcome) == ["enrolled", reply == "pause" ? "paused" : "exited"])
            #expect(changes.last?.why.inputs["answeredAt"] != nil)
        }
    }

    @Test("an answer is a sign of life and no follow-up: nobody is quiet by it, and an agent who lets it lie is warned")
    func signOfLife() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1"), Office.enquiry("2", phone: "13900000002"))
            let leads = try await office.leads()
            for lead in leads {
                let agent = try #require(lead.ownerID)
                try await office.hear(ContactLogged.reached(lead.uid, lead.id, by: agent), about: "c", uid: lead.uid)
            }
            let start = office.spine.clock.now
            try await office.ring(at: start.addingTimeInterval(6 * 86_400))
            try await office.hears(office.answer(of: leads[0].uid, "在看别的楼盘"))
            try await office.ring(at: start.addingTimeInterval(8 * 86_400))
            #expect(try await office.spine.events(of: LeadIdle.self).map(\.step) == ["owner", "owner"])
            let quiet = try await office.spine.read { tx in
                let now = start.addingTimeInterval(8 * 86_400)
                return [
                    try await SegmentStore(tx).holds([SegmentTest(.quietForDays, "5")], of: leads[0].uid, now: now),
                    try await SegmentStore(tx).holds([SegmentTest(.quietForDays, "5")], of: leads[1].uid, now: now),
                ]
            }
            #expect(quiet == [false, true])
        }
    }

    @Test("what is said about a case is kept for the person and told by Service; sequences pause all the same")
    func aboutCase() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.willing("1"))
            let lead = try #require(try await office.leads().first)
            let id = try await office.nurture()
            try await office.ring(at: office.spine.clock.now)
            try await office.spine.advanceClock(bySeconds: 60)
            var answer = office.answer(of: lead.uid, "还在漏水")
            answer.caseID = CaseID.new()
            try await office.hears(answer)
            #expect(try await office.spine.events(of: LeadAnswered.self).isEmpty)
            #expect(try await office.enrolments(of: id).map(\.state) == [.paused])
            #expect(try await office.answers(of: [lead.uid]) == ["还在漏水"])
        }
    }

    @Test("an answer of an old UID is the whole person's, and after the merge is taken back its own side's again")
    func merged() async throws {
        try await Office.open { office in
            try await office.staff()
            let (one, other) = try await office.two()
            let merge = try await office.merge(other, into: one)
            try await office.hears(office.answer(of: other, "我"))
            let told = try #require(try await office.spine.events(of: LeadAnswered.self).first)
            #expect(told.uid == one)
            #expect(try await office.answers(of: [one, other]) == ["我"])
            try await office.unmerge(merge.id)
            #expect(try await office.answers(of: [one]) == [])
            #expect(try await office.answers(of: [other]) == ["我"])
        }
    }

    @Test("pages of lead and person show the answer and the dead number with their whys, until it works again")
    func pages() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1", email: "zhang@example.com"))
            let lead = try #require(try await office.leads().first)
            try await office.hears(office.answer(of: lead.uid, "周六<下午>可以"))
            for channel in ["sms", "email"] { try await office.hears(Office.dead(lead.uid, channel)) }
            let paths = ["/leads/leads/\(lead.id)", "/leads/persons/\(lead.uid)"]
            for path in paths {
                for language in ["en", "zh-Hans"] {
                    let page = try await client.get(path, as: head, headers: [.acceptLanguage: language])
                    #expect(page.status == 200 && page.missingWords == [], "\(path)")
                    #expect(page.text.contains("周六&lt;下午&gt;可以"), "\(path)")
                    let dead = language == "en" ? ">Does not work<" : ">无法送达<"
                    #expect(page.text.components(separatedBy: dead).count == 3, "\(path)")
                }
            }
            for channel in ["sms", "email"] {
                let back = RecipientReachable(uid: lead.uid, channel: channel, reason: "named-again")
                for _ in 0..<2 { try await office.hear(back, about: lead.uid, uid: lead.uid) }
            }
            for path in paths {
                let page = try await client.get(path, as: head, headers: [.acceptLanguage: "en"])
                #expect(!page.text.contains(">Does not work<"), "\(path)")
            }
        }
    }

    @Test("an enquiry says by which means it names the person, of those that messages go by")
    func named() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", email: "zhang@example.com"))
            try await office.push(Office.enquiry("2", phone: nil, email: "zhang@example.com"))
            // A second number of theirs, which nothing is sent to.
            let both = #""phones": ["13900000009"], "emails": ["zhang@example.com"]"#
            try await office.push(#"{"channel": "web", "externalId": "3", "person": {\#(both)}}"#)
            try await office.push(Office.enquiry("4"))
            #expect(try await office.spine.events(of: LeadReceived.self).map(\.named) == [["sms", "email"]])
            let later = try await office.spine.events(of: LeadTouched.self).map(\.named)
            #expect(later == [["email"], ["email"], ["sms"]])
        }
    }

    @Test("it is in the person's file; after erasure nothing of it is left, and what comes later is not kept")
    func erased() async throws {
        try await FrontDoor.open { office, client, head in
            try await office.staff()
            try await office.push(Office.enquiry("1"))
            let lead = try #require(try await office.leads().first)
            try await office.hears(office.answer(of: lead.uid, "我是慕容复"))
            try await office.hears(Office.dead(lead.uid, "sms"))
            let file = try await client.get("/leads/persons/\(lead.uid)/export", as: head)
            #expect(file.text.contains("慕容复") && file.text.contains("unreachable"))
            try await office.erase(lead.uid)
            for late in [office.answer(of: lead.uid, "慕容复又写")] { try await office.hears(late) }
            try await office.hears(Office.dead(lead.uid, "sms"))
            #expect(try await office.places(of: "慕容复") == [])
            #expect(try await office.answers(of: [lead.uid]) == [""])
            let dead = try await office.spine.read { try await AnswerStore($0).unreachable([lead.uid]) }
            #expect(dead.isEmpty)
            #expect(try await office.spine.events(of: LeadAnswered.self).count == 1)
        }
    }
}

extension Office {
    /// What somebody wrote just now.
    func answer(of uid: UID, _ words: String) -> MessageAnswered {
        var answer = MessageAnswered.example
        (answer.answerID, answer.uid, answer.text) = (.new(), uid, words)
        (answer.leadID, answer.receivedAt) = (nil, spine.clock.now)
        return answer
    }

    func hears(_ answer: MessageAnswered) async throws {
        try await hear(answer, about: answer.answerID, uid: answer.uid)
    }

    func hears(_ told: RecipientUnreachable) async throws { try await hear(told, about: told.uid, uid: told.uid) }

    static func dead(_ uid: UID, _ channel: String) -> RecipientUnreachable {
        var told = RecipientUnreachable.example
        (told.uid, told.channel) = (uid, channel)
        return told
    }

    /// What the person of these UIDs wrote, the newest first.
    func answers(of members: [UID]) async throws -> [String] {
        try await spine.read { try await AnswerStore($0).of(members, limit: 9).map(\.words) }
    }
}
