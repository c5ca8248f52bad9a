import Contracts
import Failures
import Testing

@testable import Leads

@Suite("What marketing costs")
struct ReturnCostTests {
    private func day(_ text: String) throws -> Day { try #require(Day(text)) }

    private func period(_ from: String, _ to: String) throws -> Period { Period(from: try day(from), to: try day(to)) }

    @Test("the days of a period share its cost evenly, and adjacent periods add up to the whole, to the last 分")
    func shares() throws {
        let whole = try period("2026-03-01", "2026-03-31")
        for minor: Int64 in [1, 30, 31, 100, 99_999, 1_000_000_007] {
            for cut in 1..<31 {
                let first = Period(from: whole.from, to: whole.from.advanced(by: cut - 1))
                let second = Period(from: whole.from.advanced(by: cut), to: whole.to)
                #expect(whole.share(of: minor, on: first) + whole.share(of: minor, on: second) == minor)
            }
        }
        #expect(whole.share(of: 3_100, on: try period("2026-03-05", "2026-03-06")) == 200)
        #expect(whole.share(of: 3_100, on: try period("2026-04-01", "2026-04-30")) == 0)
        #expect(whole.share(of: 3_100, on: try period("2026-01-01", "2026-12-31")) == 3_100)
    }

    @Test(
        "a period's course is cut by days, weeks from Monday on, or months, and its parts add up to the whole",
        arguments: [
            ("2026-11-01", "2026-11-30", 30, "2026-11-01"), ("2026-11-18", "2026-12-20", 5, "2026-11-22"),
            ("2026-01-31", "2026-12-01", 12, "2026-01-31"), ("2026-11-22", "2026-11-22", 1, "2026-11-22"),
        ]
    )
    func course(from: String, to: String, count: Int, endOfFirst: String) throws {
        let whole = try period(from, to)
        let costs = [StandingCost(channel: "a", since: try day("2020-01-01"), basis: .month, minor: 9_999)]
        func reckon(_ part: Period) -> ReturnCosts {
            ReturnCosts(part, standing: costs, booked: [], delivered: [])
        }
        let days = (whole.from.number...whole.to.number).map { number in
            (Day(number: number), ReturnLine(channel: "", campaign: "", leads: number % 7))
        }
        let course = ReturnCourse(whole, days: Dictionary(uniqueKeysWithValues: days), costs: reckon)
        #expect(course.parts.count == count)
        #expect(course.parts.first?.period.to == (try day(endOfFirst)))
        #expect(course.parts.first?.period.from == whole.from && course.parts.last?.period.to == whole.to)
        for (one, next) in zip(course.parts, course.parts.dropFirst()) {
            #expect(one.period.to.advanced(by: 1) == next.period.from)
        }
        #expect(course.parts.map(\.line.leads).reduce(0, +) == days.map(\.1.leads).reduce(0, +))
        #expect(course.parts.map(\.line.cost).reduce(0, +) == reckon(whole).byPlace.values.reduce(0, +))
    }

    @Test("a monthly price counts by the day, under the price of that day")
    func monthly() throws {
        let costs = ReturnCosts(
            try period("2026-03-01", "2026-04-30"),
            standing: [
                StandingCost(channel: "a", since: try day("2026-01-01"), basis: .month, minor: 3_100),
                StandingCost(channel: "a", since: try day("2026-04-01"), basis: .month, minor: 6_000),
                StandingCost(channel: "a", since: try day("2026-04-11"), basis: .month, minor: 0),
            ],
            booked: [],
            delivered: []
        )
        #expect(costs.byPlace == [.init(channel: "a", campaign: ""): 3_100 + 2_000])
    }

    @Test("a price per lead counts what was delivered, by its campaign and under the price of that day")
    func perLead() throws {
        let costs = ReturnCosts(
            try period("2026-03-01", "2026-03-31"),
            standing: [
                StandingCost(channel: "a", since: try day("2026-03-10"), basis: .lead, minor: 500),
                StandingCost(channel: "a", since: try day("2026-03-20"), basis: .lead, minor: 700),
            ],
            booked: [
                BookedCost(channel: "a", campaign: "x", period: try period("2026-03-31", "2026-04-01"), minor: 300)
            ],
            delivered: [
                Delivered(channel: "a", campaign: "x", day: try day("2026-03-09"), count: 5),
                Delivered(channel: "a", campaign: "x", day: try day("2026-03-10"), count: 2),
                Delivered(channel: "a", campaign: "", day: try day("2026-03-25"), count: 1),
                Delivered(channel: "b", campaign: "", day: try day("2026-03-25"), count: 9),
            ]
        )
        #expect(
            costs.byPlace == [.init(channel: "a", campaign: "x"): 1_150, .init(channel: "a", campaign: ""): 700]
        )
    }

    @Test("what cost something and brought nothing has a line too, and nothing is divided by none")
    func lines() throws {
        let costs = ReturnCosts(
            try period("2026-03-01", "2026-03-01"),
            standing: [],
            booked: [
                BookedCost(channel: "a", campaign: "x", period: try period("2026-03-01", "2026-03-01"), minor: 300)
            ],
            delivered: []
        )
        let lines = costs.added(to: [ReturnLine(channel: "b", campaign: "", leads: 3, won: 1, revenue: 900)])
        #expect(lines.map(\.channel) == ["a", "b"])
        #expect(lines.map(\.cost) == [300, 0])
        #expect(lines[0].cost(per: lines[0].won) == nil)
        #expect(lines[0].multiple == 0)
        #expect(lines[1].multiple == nil)
        #expect((lines[0] + lines[1]).multiple == 3)
    }
}
