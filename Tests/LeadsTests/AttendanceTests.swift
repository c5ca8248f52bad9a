import Contracts
import Failures
import Foundation
import HTTPTypes
import Messaging
import Policies
import Postgres
import TestSupport
import Testing
import Web

@testable import Leads

@Suite("Who is there")
struct AttendanceTests {
    private static let manager = Principal(staffID: .v7(), name: "M", email: "m@l.example", role: .manager, scope: .all)

    private func write(_ attendance: Attendance, of agent: StaffID, _ office: Office) async throws {
        try await office.spine.perform(Cause(actor: "test")) { work in
            try await office.app.watchAttendance.change(agent, to: attendance, Self.manager.leadSight, work)
        }
    }

    @Test("a deadline within open hours is what a count minute by minute finds", arguments: 0..<60)
    func oracle(_ seed: Int) {
        let zone = seed.isMultiple(of: 2) ? LocalTime.zone : TimeZone(identifier: "Europe/Berlin") ?? .gmt
        var random = Seeded(UInt64(seed))
        var week: [String: [BusinessCalendar.Interval]] = [:]
        for day in 1...7 where Bool.random(using: &random) || day == 3 {
            let cuts = (0..<4).map { _ in Int.random(in: 0...1_440, using: &random) }.sorted()
            week["\(day)"] = [(cuts[0], cuts[1]), (cuts[2], cuts[3])].filter { $0.0 < $0.1 }
                .map { BusinessCalendar.Interval(from: $0.0, to: $0.1) }
        }
        week["3"] = [.init(from: 600, to: 700), .init(from: 800, to: 900)]
        let monday = LocalTime.day(of: "2026-09-07") ?? 0
        let calendar = BusinessCalendar(
            week: week,
            holidays: [LocalTime.date(of: monday + 1), LocalTime.date(of: monday + 9)],
            workdays: [LocalTime.date(of: monday + 5)]
        )
        let start = LocalTime.moment(day: monday, minute: Int.random(in: 0..<10_000, using: &random), zone: zone)
        let minutes = Int.random(in: 1...900, using: &random)
        var left = minutes
        var moment = start
        while left > 0 {
            let local = LocalTime(moment, zone: zone)
            let isOpen = calendar.intervals(on: local.day).contains { $0.from <= local.minute && local.minute < $0.to }
            if isOpen { left -= 1 }
            moment.addTimeInterval(60)
        }
        #expect(calendar.deadline(from: start, after: Double(minutes) * 60, zone: zone) == moment)
    }

    @Test(
        "hours are read as people write them, or refused",
        arguments: [
            ("09:00-12:00, 13:00-18:00", "09:00-12:00, 13:00-18:00"), ("13:00 – 18:00；9:00-12:00", nil),
            ("", ""), ("18:00-09:00", nil), ("09:00-12:00, 11:00-13:00", nil), ("9-12", nil),
            ("00:00-24:00", "00:00-24:00"),
            ("13:00-18:00、9:30-12:00", "09:30-12:00, 13:00-18:00"),
        ] as [(String, String?)]
    )
    func hours(_ text: String, _ expected: String?) {
        #expect((try? Hours.read(text, field: "f")).map(Hours.text) == expected)
    }

    @Test(
        "who goes off line holding 20 leads loses them after the time that is allowed, oldest first, and nobody else's"
    )
    func offLine() async throws {
        try await Office.open { office in
            let away = try await office.staff()
            try await office.push(Office.enquiries(20))
            let leads = try await office.leads()
            #expect(leads.allSatisfy { $0.ownerID == away })
            let others = [try await office.staff(), try await office.staff()]
            try await office.staff(away, onShift: false, sequence: 2)
            let now = office.spine.clock.now
            try await office.spine.fireTimers(office.app.timers, now: now.addingTimeInterval(5 * 60))
            #expect(try await office.leads().allSatisfy { $0.owners.first == away })
            let heldNow = try await office.leads().filter { $0.ownerID == away }.count
            try await office.spine.fireTimers(office.app.timers, now: now.addingTimeInterval(11 * 60))
            let after = try await office.leads()
            #expect(after.allSatisfy { $0.ownerID != away && $0.ownerID.map(others.contains) == true })
            #expect(heldNow > 0)
            let moved = try await office.spine.events(of: LeadAssigned.self).filter { $0.previousOwnerID == away }
            #expect(moved.count == 20)
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test(
        "who goes off line holding 20 leads keeps each until the policy's time, to the second; then the oldest finds somebody first",
        arguments: [3, 10]
    )
    func toTheSecond(_ minutes: Int) async throws {
        try await Office.open { office in
            try await office.waitsForAbsent(minutes: minutes)
            let away = try await office.staff()
            for number in 0..<20 {
                try await office.push(Office.enquiry("\(number)", phone: "138000000\(10 + number)"))
                try await office.spine.advanceClock(bySeconds: 2)
            }
            let oldestFirst = try await office.leads().sorted { $0.receivedAt < $1.receivedAt }.map(\.id)
            let others = [try await office.staff(capacity: 8), try await office.staff(capacity: 7)]
            let before = office.spine.clock.now
            try await office.staff(away, onShift: false, sequence: 2)
            let gone = before...office.spine.clock.now
            let due = try #require(try await office.attendanceTimer(of: away))
            #expect(gone.contains(due.addingTimeInterval(Double(-minutes) * 60)))

            try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(-1))
            let held = try await office.leads().count { $0.ownerID == away }
            // On a starved machine the second may have passed before anybody has looked.
            #expect(held == 20 || office.spine.clock.now >= due)
            try await office.spine.fireTimers(office.app.timers, now: due.addingTimeInterval(0.5))
            let moved = try await office.spine.events().filter { $0.envelope.type == LeadAssigned.name }.suffix(20)
            #expect(moved.allSatisfy { $0.envelope.time >= due })
            let told = try moved.map { try $0.data(as: LeadAssigned.self) }
            #expect(told.map(\.leadID) == oldestFirst)
            #expect(told.allSatisfy { $0.previousOwnerID == away })
            // There is room for fifteen.
            #expect(told.prefix(15).allSatisfy { $0.ownerID.map(others.contains) == true })
            #expect(told.suffix(5).allSatisfy { $0.ownerID == nil && $0.pool == Assignment.mainPool })
            #expect(try await AuditLedger(spine: office.spine)().breaches == [])
        }
    }

    @Test("who comes back in time keeps what they have; with nobody there, leads wait in the pool for whoever comes")
    func back() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            try await office.push(Office.enquiry("1"))
            let start = office.spine.clock.now
            try await office.staff(agent, onShift: false, sequence: 2)
            try await office.staff(agent, onShift: true, sequence: 3)
            try await office.spine.fireTimers(office.app.timers, now: start.addingTimeInterval(700))
            #expect(try await office.leads().map(\.ownerID) == [agent])
            try await office.staff(agent, onShift: false, sequence: 4)
            try await office.spine.fireTimers(office.app.timers, now: start.addingTimeInterval(1_500))
            #expect(try await office.leads().map(\.pool) == ["main"])
            let other = try await office.staff()
            #expect(try await office.leads().map(\.ownerID) == [other])
        }
    }

    @Test("leave, hours and a quota keep leads away, and end by the clock")
    func planned() async throws {
        try await Office.open { office in
            try await office.spine.passMidnight()
            let agent = try await office.staff()
            let today = LocalTime(office.spine.clock.now).day
            let leave = Attendance.Leave(first: LocalTime.date(of: today), last: LocalTime.date(of: today))
            try await write(Attendance(leaves: [leave]), of: agent, office)
            try await office.push(Office.enquiry("1", phone: "13800000001"))
            #expect(try await office.leads().map(\.pool) == ["main"])
            try await office.spine.fireTimers(office.app.timers, now: LocalTime.moment(day: today + 1, minute: 1))
            #expect(try await office.leads().map(\.ownerID) == [agent])
            try await write(Attendance(perDay: 1), of: agent, office)
            try await office.push(Office.enquiry("2", phone: "13800000002"))
            #expect(try await office.leads().last?.pool == "main")
            #expect(try await office.spine.events(of: AgentHoursChanged.self).count == 2)
        }
    }

    @Test("the next moment that matters", arguments: [(539, 540), (540, 730), (729, 730), (730, 900)])
    func next(_ minute: Int, _ expected: Int) {
        let day = LocalTime.day(of: "2026-11-23") ?? 0
        let hours = [BusinessCalendar.Interval(from: 540, to: 720), .init(from: 900, to: 1_080)]
        let attendance = Attendance(week: ["1": hours])
        let next = attendance.nextChange(after: LocalTime.moment(day: day, minute: minute), patience: 600)
        #expect(next == LocalTime.moment(day: day, minute: expected))
        #expect(Attendance().nextChange(after: Date(), patience: 600) == nil)
    }

    @Test("clocks stand still at night, unless a grade's shall not or somebody is at work by hours of their own")
    func calendar() throws {
        let night = LocalTime.moment(day: LocalTime.day(of: "2026-11-23") ?? 0, minute: 1_380)
        let morning = LocalTime.moment(day: LocalTime(night).day + 1, minute: 540)
        func targets(_ policy: ResponsePolicy, isStaffed: Bool = false, at now: Date) -> ResponseTargets {
            ResponseTargets(
                policy: Versioned(value: policy, version: 2),
                calendar: Versioned(value: .standard, version: 1),
                isStaffedWhileClosed: isStaffed && !BusinessCalendar.standard.isOpen(at: LocalTime(now))
            )
        }
        let standard = targets(.standard, at: night)
        #expect(standard.dueAt(.a, from: night) == morning.addingTimeInterval(300))
        #expect(standard.dueAt(.b, from: night) == morning.addingTimeInterval(1_800))
        #expect(standard[.a].calendar == 1)
        let staffed = targets(.standard, isStaffed: true, at: night)
        #expect(staffed.dueAt(.a, from: night) == night.addingTimeInterval(300))
        #expect(staffed[.a].calendar == nil)
        var policy = ResponsePolicy()
        policy.shiftsCount = false
        #expect(targets(policy, isStaffed: true, at: night).dueAt(.a, from: night) == morning.addingTimeInterval(300))
        policy.aOpenHours = false
        #expect(targets(policy, at: night).dueAt(.a, from: night) == night.addingTimeInterval(300))
        // By day who is there changes nothing: what comes before the evening is due the next morning.
        let evening = LocalTime.moment(day: LocalTime(night).day, minute: 1_259)
        let late = targets(.standard, isStaffed: true, at: evening)
        #expect(late.dueAt(.a, from: evening) == morning.addingTimeInterval(240))
    }

    @Test("what comes while the office is closed is due after it opens, or at once where somebody works by hours")
    func closed() async throws {
        try await Office.open { office in
            let agent = try await office.staff()
            let minute = LocalTime(office.spine.clock.now).minute
            // Open for an hour a day, at another hour than this one.
            let opens = (minute + 120) % 1_380
            let hour = BusinessCalendar(
                week: Dictionary(
                    uniqueKeysWithValues: (1...7).map {
                        ("\($0)", [BusinessCalendar.Interval(from: opens, to: opens + 60)])
                    }
                )
            )
            try await office.spine.perform(Cause(actor: "test")) { work in
                try await office.app.changeCalendar(hour, from: 1, note: nil, work)
            }
            func due(_ number: Int) async throws -> (at: Date, byCalendar: Date, byWall: Date) {
                try await office.push(Office.enquiry("\(number)", phone: "1380000000\(number)"))
                let leads = try await office.leads()
                let lead = leads[leads.count - 1]
                let end = hour.deadline(from: lead.receivedAt, after: 7_200)
                return (lead.responseDueAt, end, lead.receivedAt.addingTimeInterval(7_200))
            }
            let closed = try await due(1)
            #expect(abs(closed.at.timeIntervalSince(closed.byCalendar)) < 0.01)
            let always = [BusinessCalendar.Interval(from: 0, to: 1_440)]
            let week = Dictionary(uniqueKeysWithValues: (1...7).map { ("\($0)", always) })
            try await write(Attendance(week: week), of: agent, office)
            let staffed = try await due(2)
            #expect(abs(staffed.at.timeIntervalSince(staffed.byWall)) < 0.01)
            let today = LocalTime(office.spine.clock.now).day
            let leave = Attendance.Leave(first: LocalTime.date(of: today), last: LocalTime.date(of: today + 1))
            try await write(Attendance(week: week, leaves: [leave]), of: agent, office)
            let away = try await due(3)
            #expect(abs(away.at.timeIntervalSince(away.byCalendar)) < 0.01)
        }
    }

    @Test("hours and the calendar have pages in both languages, and say what is wrong", arguments: ["en", "zh-Hans"])
    func pages(_ language: String) async throws {
        try await FrontDoor.open { office, client, head in
            let admin = Principal(staffID: .v7(), name: "A", email: "a@l.example", role: .admin, scope: .all)
            let agent = try await office.staff()
            let path = "/leads/agents/\(agent)"
            let form = ["day-1": "09:00-12:00, 13:00-18:00", "leaves": "2026-12-24 2026-12-31", "perDay": "5"]
            #expect(try await client.post(path, form: form, as: head).status == 303)
            #expect(try await client.post(path, form: ["day-1": "9-12"], as: head).status == 422)
            let api = "/leads/api/v1/agents/\(agent)/attendance"
            #expect(try await client.get(api, as: head).text.contains(#""perDay":5"#))
            let open = ["version": "1", "day-1": "09:00-18:00", "holidays": "2026-10-01\n2026-10-02"]
            #expect(try await client.post("/leads/calendar", form: open, as: head).status == 403)
            #expect(try await client.post("/leads/calendar", form: open, as: admin).status == 303)
            #expect(try await client.post("/leads/calendar", form: open, as: admin).status == 422)
            #expect(try await office.spine.events(of: CalendarChanged.self).map(\.version) == [2])
            for page in ["/leads/agents", path, "/leads/calendar"] {
                for who in [head, admin] {
                    let answer = try await client.get(page, as: who, headers: [.acceptLanguage: language])
                    #expect(answer.status == 200, "\(page)")
                    #expect(answer.missingWords == [], "\(page)")
                }
            }
        }
    }
}

extension Office {
    /// Whoever is away may be so long before what they have not answered goes on.
    fileprivate func waitsForAbsent(minutes: Int) async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            let wish = PolicyWish(version: 1, values: ["patience": Double(minutes)])
            try await app.changePolicy(AbsencePolicy.name, wish, work)
        }
    }

    /// When somebody looks next at what an agent has.
    fileprivate func attendanceTimer(of agent: StaffID) async throws -> Date? {
        try await spine.read { tx in
            try await tx.first(
                "SELECT due_at FROM timers WHERE kind = \(WatchAttendance.timerKind) AND key = \(agent.description)"
            ) { try $0["due_at"] }
        }
    }
}
