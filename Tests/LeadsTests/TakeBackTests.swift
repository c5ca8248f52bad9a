import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("What a file that is taken back gives back")
struct TakeBackTests {
    private static let head = "姓名,手机,邮箱,微信,预算(万),区域,备注,同意联系\n"

    private func person(_ phone: String, _ office: Office) async throws -> (uid: UID, person: Person, tags: Set<String>)
    {
        try await office.spine.read { tx in
            let known = try await PersonStore(tx).claimless(phone)
            let uid = try #require(known)
            let person = try #require(try await PersonStore(tx).all([uid])[uid])
            let tags = try await TagStore(tx).of([uid])[uid] ?? []
            return (uid, person, Set(tags.map { "\($0.key)=\($0.value)" }))
        }
    }

    @Test("of somebody who was known: numbers, consent, tags and what they want are as they were, and all are told so")
    func known() async throws {
        try await Office.open { office in
            try await office.staff()
            let need = #", "need": {"districts": ["浦东"]}, "consent": {"sms": true}"#
            try await office.push(Office.enquiry("1", phone: "13800001001", more: need))
            try await office.settles()
            let before = try await person("+8613800001001", office)
            let file = try await office.bring(
                Self.head + "李四,13800001001,li@example.com,li-wx,900,静安,学区,否\n"
            )
            try await office.settles()
            let between = try await person("+8613800001001", office)
            #expect(between.person.identifiers.count == 3)
            #expect(between.person.consent.sms == false)
            #expect(between.tags.contains("interest=education"))
            let undone = try await office.orders(.undo, file.id)
            #expect(undone.status == .undone)
            #expect(undone.undone == UndoCounts(discarded: 0, left: 0, people: 1))
            try await office.settles()
            let after = try await person("+8613800001001", office)
            #expect(after == before)
            let told = try #require(try await office.spine.events(of: PersonIdentified.self).last)
            #expect((told.uid, told.person, told.consent) == (before.uid, before.person.card, before.person.consent))
            let consent = try #require(try await office.spine.events(of: ConsentChanged.self).last)
            #expect((consent.consent, consent.source) == (before.person.consent, "import-undone"))
            let tags = try #require(try await office.spine.events(of: PersonTagged.self).last)
            #expect(Set(tags.tags.map { "\($0.key)=\($0.value)" }) == before.tags)
            let why: SQL = """
                SELECT count(*) AS count FROM decisions WHERE kind = 'facts' AND outcome = 'taken-back'
                   AND why ->> 'rule' = 'import.taken-back' AND why -> 'inputs' ->> 'identifiers' = '2'
                """
            #expect(try await office.count(why) == 1)
            #expect(try await office.app.auditLedger().breaches.map(\.law) == [])
        }
    }

    @Test("what somebody else has said as well stays, and so does what staff changed by hand")
    func others() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", phone: "13800001001").replacing("张三", with: ""))
            let row = "李四,13800001001,li@example.com,li-wx,900,静安,学区,是\n"
            let file = try await office.bring(Self.head + row)
            // The web says the same name, one of the addresses and a district; staff confirms nothing and says more.
            let more = #", "need": {"districts": ["静安"]}, "consent": {"call": true}"#
            let again = Office.enquiry("2", phone: "13800001001", email: "li@example.com", more: more)
            try await office.push(again.replacing("张三", with: "李四"))
            let uid = try await person("+8613800001001", office).uid
            try await office.tells(uid, ["consent.contact.sms": "no", "occupation": "teacher"])
            try await office.settles()
            try await office.orders(.undo, file.id)
            try await office.settles()
            let after = try await person("+8613800001001", office)
            #expect(after.person.name == "李四")
            #expect(after.person.identifiers.map(\.value).sorted() == ["+8613800001001", "li@example.com"])
            #expect(after.person.consent == Consent(sms: false, email: nil, call: true))
            #expect(after.tags == ["region=静安"])
            let side = try #require(try await office.sides([uid])[uid])
            #expect(side.winners[.name]?.fact.actor == "channel:web")
            #expect(side.winners[.occupation]?.value == "teacher")
        }
    }

    @Test("whom only the file brought is nobody any more, until they are told of anew")
    func brought() async throws {
        try await Office.open { office in
            try await office.staff()
            let file = try await office.bring(Self.head + "李四,13800001001,,,900,静安,学区,是\n李四,13800001001,,,800,,,\n")
            try await office.settles()
            let undone = try await office.orders(.undo, file.id)
            #expect(undone.undone == UndoCounts(discarded: 1, left: 0, people: 1))
            try await office.settles()
            let after = try await person("+8613800001001", office)
            #expect(after.person.name == nil)
            #expect(after.person.consent == Consent())
            #expect(after.tags == [])
            try await office.push(Office.enquiry("1", phone: "13800001001"))
            #expect(try await person("+8613800001001", office).person.name == "张三")
            #expect(try await office.app.auditLedger().breaches.map(\.law) == [])
        }
    }

    @Test("a row whose lead somebody has worked with stays as a whole")
    func worked() async throws {
        try await Office.open { office in
            try await office.staff()
            let file = try await office.bring(Self.head + "李四,13800001001,li@example.com,,900,静安,,是\n")
            let lead = try #require(try await office.leads().first)
            let call = ContactLogged(
                contactID: .new(),
                uid: lead.uid,
                leadID: lead.id,
                staffID: .new(),
                kind: "call",
                isReached: true,
                contactedAt: Date()
            )
            try await office.hear(call, about: lead.uid)
            try await office.settles()
            let before = try await person("+8613800001001", office)
            let undone = try await office.orders(.undo, file.id)
            #expect(undone.undone == UndoCounts(discarded: 0, left: 1, people: 0))
            try await office.settles()
            #expect(try await person("+8613800001001", office) == before)
        }
    }

    @Test("what staff has corrected of a need stays, before the file and after it, and the rest is as others told it")
    func corrected() async throws {
        try await Office.open { office in
            try await office.staff()
            let need = #", "need": {"districts": ["浦东"], "layouts": ["2室1厅"]}"#
            try await office.push(Office.enquiry("1", phone: "13800001001", more: need))
            let lead = try #require(try await office.leads().first)
            func correct(_ change: (inout Need) -> Void) async throws {
                let known = try await office.spine.read { try await NeedStore($0).need(of: lead.id) } ?? Need()
                var wanted = known
                change(&wanted)
                let wish = NeedChange(seen: known, wanted: wanted)
                let head = Cast.head
                try await office.spine.perform(.staff(StaffID(head.id))) { work in
                    try await office.app.changeNeed(lead.id, wish, head.principal.leadSight, work)
                }
            }
            try await correct { $0.districts = ["徐汇"] }
            let file = try await office.bring(Self.head + "张三,13800001001,,,900,静安,,\n")
            try await correct { $0.timeframe = "3m" }
            try await office.settles()
            try await office.orders(.undo, file.id)
            try await office.settles()
            let after = try await office.spine.read { try await NeedStore($0).need(of: lead.id) }
            #expect(after == Need(districts: ["徐汇"], layouts: ["2室1厅"], timeframe: "3m"))
            let known = try await person("+8613800001001", office)
            #expect(known.tags.isSuperset(of: ["region=浦东", "region=徐汇", "layout=2室1厅", "timeframe=3m"]))
            #expect(known.tags.isDisjoint(with: ["region=静安"]))
            #expect(try await office.leads().first?.district == "徐汇")
        }
    }

    @Test("what waits in a pool and is given to whoever has room by the undo itself is given by nobody's hand")
    func room() async throws {
        try await Office.open { office in
            try await office.staff(capacity: 3)
            let rows = (0..<9).map { "客户\($0),1380000100\($0),,,,,,\n" }.joined()
            let file = try await office.bring(Self.head + rows)
            let undone = try await office.orders(.undo, file.id, atOnce: 2)
            #expect(undone.undone == UndoCounts(discarded: 9, left: 0, people: 9))
        }
    }

    @Test("two who are one only because a row named both are two again")
    func parted() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", phone: "13800001001"))
            try await office.push(Office.enquiry("2", phone: nil, email: "zhang@example.com"))
            try await office.settles()
            let file = try await office.bring(Self.head + "张三,13800001001,zhang@example.com,,,,,\n")
            try await office.settles()
            #expect(try await office.count("SELECT count(*) AS count FROM aliases") == 1)
            try await office.orders(.undo, file.id)
            try await office.settles()
            #expect(try await office.count("SELECT count(*) AS count FROM aliases") == 0)
            #expect(try await office.count("SELECT count(*) AS count FROM pins") == 0)
            let open: SQL = "SELECT count(*) AS count FROM leads WHERE status = 'open'"
            #expect(try await office.count(open) == 2)
        }
    }

    @Test("an enquiry that named two people stays of whom it was of, when both are joined with a third afterwards")
    func joinedSince() async throws {
        try await Office.open { office in
            try await office.staff()
            let need = #", "need": {"districts": ["浦东"]}"#
            let second = Office.enquiry("2", phone: "13800001002").replacing("张三", with: "李四")
            let third = Office.enquiry("3", phone: nil, email: "wang@example.com").replacing("张三", with: "王五")
            let both = Office.enquiry("4", phone: "13800001002", email: "wang@example.com", more: need)
            try await office.push(Office.enquiry("1", phone: "13800001001", more: need))
            for body in [second, third, both] { try await office.push(body) }
            try await office.settles()
            let uid = try await person("+8613800001001", office).uid
            let others = try await office.roots().filter { $0 != uid }
            #expect(others.count == 2)
            for other in others { try await office.merge(other, into: uid) }
            try await office.settles()
            let before = try await office.tags(of: uid)
            #expect(before.count == 2)
            let file = try await office.bring(Self.head + "张三,13800001001,,,,浦东,,\n")
            try await office.settles()
            #expect(try await office.tags(of: uid) != before)
            try await office.orders(.undo, file.id)
            try await office.settles()
            #expect(try await office.tags(of: uid) == before)
        }
    }

    @Test("who had been merged into whom by a time")
    func membersThen() {
        let (first, second, third) = (UID.new(), UID.new(), UID.new())
        var tree = AliasTree()
        tree.merge(second, into: first, at: Date(timeIntervalSince1970: 10))
        tree.merge(third, into: second, at: Date(timeIntervalSince1970: 5))
        let then = { (seconds: Double) in Set(tree.members(of: first, at: Date(timeIntervalSince1970: seconds))) }
        #expect(then(9) == [first])
        #expect(then(10) == [first, second, third])
        #expect(Set(tree.members(of: second, at: Date(timeIntervalSince1970: 4))) == [second])
        #expect(Set(tree.members(of: first)) == [first, second, third])
    }

    @Test("of two files that said the same the second has it once the first is taken back, and then nobody")
    func twoFiles() async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.push(Office.enquiry("1", phone: "13800001001"))
            try await office.settles()
            let before = try await person("+8613800001001", office)
            let row = "张三,13800001001,li@example.com,,900,静安,,是\n"
            let first = try await office.bring(Self.head + row)
            let second = try await office.bring(Self.head + row + "王五,13800001002,,,,,,\n")
            try await office.settles()
            let both = try await person("+8613800001001", office)
            try await office.orders(.undo, first.id)
            try await office.settles()
            // The same, but that it is the second file which says so now.
            let left = try await person("+8613800001001", office)
            #expect(left.tags == both.tags && left.person.card == both.person.card)
            #expect(left.person.consent == both.person.consent)
            let (grounds, former) = (left.person.consents.grounds, both.person.consents.grounds)
            #expect(grounds.map(\.saying) == former.map(\.saying))
            #expect(!grounds.isEmpty)
            let rows = try await office.submissions(of: second)
            #expect(grounds.allSatisfy { rows.contains($0.id) })
            try await office.orders(.undo, second.id)
            try await office.settles()
            #expect(try await person("+8613800001001", office) == before)
        }
    }
}

extension Office {
    fileprivate func submissions(of file: Import) async throws -> [UUID] {
        try await spine.read { tx in
            try await tx.all(
                "SELECT submission_id FROM import_rows WHERE import_id = \(file.id) AND submission_id IS NOT NULL"
            ) { try $0["submission_id"] }
        }
    }
}

extension Consents.Ground {
    /// What is said, whoever says so and when.
    fileprivate var saying: [String] { ["\(allows)", source, words ?? ""] + scope.names }
}

extension PersonStore {
    /// Whose number it is.
    fileprivate func claimless(_ phone: String) async throws -> UID? {
        try await tx.first("SELECT uid FROM identifiers WHERE kind = 'phone' AND value = \(phone)") { try $0["uid"] }
    }
}
