import Contracts
import Foundation

/// What is known of a lead when rules look at it; nothing of who the person is.
struct LeadFacts: Codable, Sendable, Equatable {
    private var values: [String: [String]] = [:]

    init() {}

    subscript(field: RuleField) -> [String] {
        get { values[field.rawValue] ?? [] }
        set { values[field.rawValue] = newValue.isEmpty ? nil : newValue }
    }

    init(from decoder: any Decoder) throws {
        values = try decoder.singleValueContainer().decode([String: [String]].self)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}

extension LeadFacts {
    /// What an enquiry says; of the answers that a form was given only those that the rules ask for.
    init(
        _ enquiry: Enquiry,
        of person: Person,
        channelKind: String,
        grade: String,
        isReturning: Bool,
        isByHand: Bool,
        asked: RuleSet.Asked,
        at local: LocalTime,
        isOpen: Bool
    ) {
        self.init(enquiry.need, at: local, isOpen: isOpen)
        self[.channel] = [enquiry.channel]
        self[.channelKind] = [channelKind]
        self[.campaign] = [enquiry.campaign].compactMap { $0 }
        self[.grade] = [grade]
        self[.language] = [enquiry.language].compactMap { $0 }
        self[.reach] = Set(person.identifiers.map(\.kind)).intersection(PersonIdentifier.Kind.reaching)
            .map(\.rawValue).sorted()
        self[.answer] = asked.answers(in: enquiry.answers ?? [:])
        if enquiry.message != nil { self[.wrote] = ["yes"] }
        if enquiry.referrer != nil { self[.referred] = ["yes"] }
        if isReturning { self[.returning] = ["yes"] }
        if isByHand { self[.byHand] = ["yes"] }
    }

    /// What a need says, at the time of its arrival.
    init(_ need: Need?, at local: LocalTime, isOpen: Bool) {
        self[.project] = need?.projects ?? []
        self[.district] = need?.districts ?? []
        self[.purpose] = [need?.purpose].compactMap { $0 }
        self[.layout] = need?.layouts ?? []
        self[.rooms] = Set((need?.layouts ?? []).compactMap(LeadFacts.rooms)).sorted().map { "\($0)" }
        if let budget = need?.budget, budget.currency ?? "CNY" == "CNY" {
            self[.budget] = [budget.max ?? budget.min].compactMap { $0.map { "\($0 / 100)" } }
            self[.budgetFrom] = [budget.min ?? budget.max].compactMap { $0.map { "\($0 / 100)" } }
        }
        self[.area] = [need?.area?.min ?? need?.area?.max].compactMap { $0.map { "\($0)" } }
        self[.areaTo] = [need?.area?.max ?? need?.area?.min].compactMap { $0.map { "\($0)" } }
        if let months = need?.timeframe.flatMap(GradeInputs.months) { self[.timeframe] = ["\(months)"] }
        self[.hour] = ["\(local.minute / 60)"]
        self[.weekday] = ["\(local.weekday)"]
        self[.officeOpen] = [isOpen ? "yes" : "no"]
    }

    /// 3室2厅, 三室 and 3房 have three rooms; of anything else it is not known.
    static func rooms(_ layout: String) -> Int? {
        guard let first = layout.first, let count = numerals[first] else { return nil }
        let sign = layout.dropFirst().first { !$0.isWhitespace }
        return sign.map { "室房居".contains($0) } == true ? count : nil
    }

    private static let numerals: [Character: Int] = [
        "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4,
        "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    ]
}

extension PersonIdentifier.Kind {
    /// Those by which somebody can be written to or called.
    static let reaching: [PersonIdentifier.Kind] = [.phone, .email, .wechat]
}

extension BusinessCalendar {
    /// Whether the office is open then.
    func isOpen(at local: LocalTime) -> Bool {
        intervals(on: local.day).contains { $0.from <= local.minute && local.minute < $0.to }
    }
}

/// A moment by the office's clock on the wall.
struct LocalTime: Sendable, Equatable {
    /// Days since 1 January 1970 of the office's calendar.
    let day: Int
    /// 1 for Monday … 7 for Sunday.
    let weekday: Int
    /// Since midnight.
    let minute: Int

    /// Where the office is: China has one zone.
    static let zone = TimeZone(identifier: "Asia/Shanghai") ?? .gmt

    init(_ date: Date, zone: TimeZone = LocalTime.zone) {
        let seconds = Int((date.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: date))).rounded(.down))
        day = seconds.dividedFloor(by: 86_400)
        minute = (seconds - day * 86_400) / 60
        // The first day of 1970 was a Thursday.
        weekday = (day + 3) - (day + 3).dividedFloor(by: 7) * 7 + 1
    }

    /// `2026-11-22`.
    var date: String { LocalTime.date(of: day) }

    /// A day of the office's calendar as text.
    static func date(of day: Int) -> String {
        let midnight = Date(timeIntervalSince1970: Double(day) * 86_400)
        return midnight.formatted(.iso8601.year().month().day())
    }
}

extension Int {
    /// Rounds down, also below zero.
    func dividedFloor(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
