import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

@Suite("Any file over any people, taken back")
struct TakeBackPropertyTests {
    private static let head = "姓名,手机,邮箱,微信,预算(万),区域,户型,备注,同意联系,语言\n"

    @Test(
        "whatever it said of whomever, all is as it was before",
        arguments: [1, 5, 23, 404, 1_809]
    )
    func before(_ seed: UInt64) async throws {
        try await Office.open { office in
            try await office.staff()
            try await office.staff()
            var dice = Dice(seed)
            for step in 0..<24 { try await somebodyEnquires(step, office, &dice) }
            try await office.settles()
            for uid in try await office.present() where dice.below(3) == 0 {
                try await office.tells(uid, ["family": "couple", "consent.contact.sms": dice.one(of: "yes", "no")])
            }
            if let one = try await office.reviews().first, dice.below(2) == 0 {
                try await office.decide(one.id, .merge)
            }
            try await office.settles()
            let before = try await office.portrait()
            let file = try await office.bring(Self.file(40, &dice), atOnce: 1 + dice.below(12))
            // What was said may be taken in, and who is who be found out, before the file is taken back or after.
            if dice.below(2) == 0 { try await office.settles() }
            let undone = try await office.orders(.undo, file.id, atOnce: 1 + dice.below(12))
            #expect(undone.status == .undone)
            try await office.settles()
            let after = try await office.portrait(ofWhomWeKnew: before.people)
            for (table, rows) in before.rows { #expect(after.rows[table] == rows, "\(table), seed \(seed)") }
            #expect(try await office.app.auditLedger().breaches.map(\.law) == [])
            try await isConsistent(office)
        }
    }

    @Test(
        "what came meanwhile is as if the file had never been",
        arguments: [2, 77, 911]
    )
    func meanwhile(_ seed: UInt64) async throws {
        var tales: [[String: String]] = []
        for withFile in [false, true] {
            try await Office.open { office in
                try await office.staff()
                var dice = Dice(seed)
                let text = Self.separate(30, &dice)
                for number in 0..<8 { try await enquires(number, "earlier", office, &dice) }
                try await office.settles()
                let file = withFile ? try await office.bring(text, atOnce: 7) : nil
                for number in 0..<8 where dice.below(3) > 0 { try await enquires(number, "later", office, &dice) }
                try await office.settles()
                if let file { try await office.orders(.undo, file.id, atOnce: 5) }
                try await office.settles()
                tales.append(try await office.tales(of: 8))
            }
        }
        #expect(tales[0] == tales[1], "seed \(seed)")
    }

    @Test("an undo that is begun again in the middle, by several at once, does nothing twice")
    func again() async throws {
        try await Office.open { office in
            try await office.staff()
            var dice = Dice(8)
            for step in 0..<20 { try await somebodyEnquires(step, office, &dice) }
            try await office.settles()
            let before = try await office.portrait()
            let file = try await office.bring(Self.file(40, &dice))
            let staff = StaffID.new()
            let order = office.app.orderImport
            try await office.spine.perform(.staff(staff)) { _ = try await order(file.id, .undo, by: staff, $0) }
            // Given up in the middle of a batch, as by whoever dies before the commit.
            struct Died: Error {}
            let takeBack = office.app.advanceImport.takeBack
            await #expect(throws: Died.self) {
                try await office.spine.perform(.staff(staff)) { work in
                    var file = try await ImportStore(work.tx).locked(file.id)
                    file.row = 0
                    _ = try await takeBack(file, atMost: 9, work)
                    throw Died()
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { while try await office.app.advanceImport(atMost: 3) != nil {} }
                }
                try await group.waitForAll()
            }
            try await office.orders(.undo, file.id)
            try await office.settles()
            let after = try await office.portrait(ofWhomWeKnew: before.people)
            for (table, rows) in before.rows { #expect(after.rows[table] == rows, "\(table)") }
            let ends = try await office.spine.events(of: ImportEnded.self).map(\.outcome)
            #expect(ends == ["done", "undone"])
            let told: SQL = "SELECT count(*) AS count FROM decisions WHERE kind = 'facts'"
            let leads: SQL = "SELECT count(DISTINCT lead_id) AS count FROM decisions WHERE kind = 'facts'"
            #expect(try await office.count(told) == office.count(leads))
        }
    }

    /// What is stored of each person is what the rules make of what is told.
    private func isConsistent(_ office: Office) async throws {
        let persons = try await office.present()
        let sides = try await office.sides(persons)
        let stored = try await office.spine.read { try await PersonStore($0).all(persons) }
        for uid in persons { #expect(stored[uid] == sides[uid]?.person) }
    }

    // MARK: Who enquires, and what stands in the file

    private func somebodyEnquires(_ step: Int, _ office: Office, _ dice: inout Dice) async throws {
        let email = dice.below(2) == 0 ? "p\(dice.below(6))@example.com" : nil
        let consent = dice.one(of: #", "consent": {"sms": true}"#, #", "consent": {"call": false}"#, "")
        let need = dice.one(of: #", "need": {"districts": ["浦东"]}, "message": "地铁""#, "")
        let body = Office.enquiry("\(step)", phone: "1390000000\(dice.below(8))", email: email, more: consent + need)
        try await office.push(body.replacing("张三", with: dice.one(of: "张三", "李四", "王五")))
    }

    private static func file(_ count: Int, _ dice: inout Dice) -> String {
        // Half of them have numbers that we know.
        head + (0..<count).map { _ in row("13900000\("\(1_000 + dice.below(16))".dropFirst())", &dice) }.joined()
    }

    private static func row(
        _ phone: String,
        _ dice: inout Dice,
        email: String? = nil,
        wechat: String? = nil
    ) -> String {
        let cells = [
            dice.one(of: "张三", "李四", "赵六", ""), phone,
            email ?? dice.one(of: "p\(dice.below(9))@example.com", "", ""),
            wechat ?? dice.one(of: "wx\(dice.below(9))", ""),
            dice.one(of: "350", "900", ""), dice.one(of: "静安", "浦东", ""), dice.one(of: "3室2厅", ""),
            dice.one(of: "学区", "地铁", ""), dice.one(of: "是", "否", ""), dice.one(of: "zh", "en", ""),
        ]
        return cells.joined(separator: ",") + "\n"
    }

    /// A file in which everybody has a number and an address of their own: nobody is joined with anybody by it.
    private static func separate(_ count: Int, _ dice: inout Dice) -> String {
        let rows = (0..<count).map { _ in
            let one = dice.below(12)
            return row(
                "1370000000\(one % 10)",
                &dice,
                email: dice.one(of: "o\(one % 10)@example.com", ""),
                wechat: ""
            )
        }
        return head + rows.joined()
    }

    private func enquires(_ number: Int, _ when: String, _ office: Office, _ dice: inout Dice) async throws {
        let email = dice.below(2) == 0 ? "o\(number)@example.com" : nil
        let consent = dice.one(of: #", "consent": {"sms": true}"#, #", "consent": {"email": false}"#, "")
        let need = dice.one(of: #", "need": {"districts": ["静安"]}, "message": "学区""#, "")
        let body = Office.enquiry(
            "\(when)-\(number)",
            phone: "1370000000\(number)",
            email: email,
            more: consent + need
        )
        try await office.push(body.replacing("张三", with: dice.one(of: "张三", "李四")))
    }
}

/// What is stored of people, row by row.
private struct Portrait {
    let people: [UID]
    var rows: [String: [String]] = [:]
}

extension Office {
    fileprivate func present() async throws -> [UID] {
        try await uids("SELECT uid FROM persons WHERE uid NOT IN (SELECT uid FROM aliases) ORDER BY uid")
    }

    private func uids(_ sql: SQL) async throws -> [UID] {
        try await spine.read { tx in try await tx.all(sql) { try $0["uid"] } }
    }

    fileprivate func portrait(ofWhomWeKnew known: [UID]? = nil) async throws -> Portrait {
        let people: [UID]
        if let known { people = known } else { people = try await uids("SELECT uid FROM persons ORDER BY uid") }
        let ids = people.map(\.uuid)
        let tables: [(String, SQL)] = [
            (
                "persons",
                """
                SELECT (to_jsonb(t) - 'updated_at')::text AS row FROM persons t WHERE uid = ANY(\(ids)::uuid[]) ORDER BY 1
                """
            ),
            (
                "identifiers",
                """
                SELECT jsonb_build_array(kind, value, uid, coalesce(origin, uid), created_at)::text AS row
                  FROM identifiers WHERE uid = ANY(\(ids)::uuid[]) ORDER BY 1
                """
            ),
            (
                "tellings",
                "SELECT to_jsonb(t)::text AS row FROM tellings t WHERE origin = ANY(\(ids)::uuid[]) ORDER BY 1"
            ),
            (
                "tags",
                """
                SELECT (to_jsonb(t) || jsonb_build_object('told_of', coalesce(told_of, uid)))::text AS row
                  FROM tags t WHERE uid = ANY(\(ids)::uuid[]) ORDER BY 1
                """
            ),
            (
                "leads",
                """
                SELECT jsonb_build_array(id, uid, coalesce(origin, uid), status, need, project, district, grade, grade_why)::text AS row
                  FROM leads WHERE uid = ANY(\(ids)::uuid[]) AND discard_reason IS DISTINCT FROM 'import-undone' ORDER BY 1
                """
            ),
            ("aliases", "SELECT to_jsonb(t)::text AS row FROM aliases t ORDER BY 1"),
            (
                "reviews",
                """
                SELECT jsonb_build_array(low, high, status)::text AS row FROM reviews
                 WHERE low = ANY(\(ids)::uuid[]) AND high = ANY(\(ids)::uuid[]) ORDER BY 1
                """
            ),
        ]
        var portrait = Portrait(people: people)
        for (name, sql) in tables {
            portrait.rows[name] = try await spine.read { tx in try await tx.all(sql) { try $0["row"] } }
        }
        return portrait
    }

    /// What is known of those with these numbers, in a form that is the same in every office.
    fileprivate func tales(of count: Int) async throws -> [String: String] {
        var tales: [String: String] = [:]
        for number in 0..<count {
            let phone = "+861370000000\(number)"
            let found = try await uids("SELECT uid FROM identifiers WHERE kind = 'phone' AND value = \(phone)")
            guard let uid = found.first else { continue }
            let tale = try await spine.read { tx in
                let person = try await PersonStore(tx).all([uid])[uid]
                let tags = try await TagStore(tx).of([uid])[uid] ?? []
                let needs: [String] = try await tx.all(
                    """
                    SELECT jsonb_build_array(need, project, district, grade)::text AS need FROM leads
                     WHERE uid = \(uid) AND status IN ('open', 'contacted')
                    """
                ) { try $0["need"] }
                let known = person?.identifiers.map(\.value).sorted() ?? []
                let held = tags.filter(\.isWinner).map { "\($0.key)=\($0.value)" }.sorted()
                let consent = person.map { "\($0.consent)" } ?? ""
                return "\(person?.name ?? "") \(person?.language ?? "") \(consent) \(known) \(held) \(needs)"
            }
            tales[phone] = tale
        }
        return tales
    }
}
