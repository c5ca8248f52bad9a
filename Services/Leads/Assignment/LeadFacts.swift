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
    /// What an enquiry says.
    init(_ enquiry: Enquiry, channelKind: String, grade: String, isReturning: Bool, at local: LocalTime) {
        self.init(enquiry.need, at: local)
        self[.channel] = [enquiry.channel]
        self[.channelKind] = [channelKind]
        self[.campaign] = [enquiry.campaign].compactMap { $0 }
        self[.grade] = [grade]
        self[.language] = [enquiry.language].compactMap { $0 }
        if enquiry.referrer != nil { self[.referred] = ["yes"] }
        if isReturning { self[.returning] = ["yes"] }
    }

    /// What a need says, at the time of its arrival.
    init(_ need: Need?, at local: LocalTime) {
        self[.project] = need?.projects ?? []
        self[.district] = need?.districts ?? []
        self[.purpose] = [need?.purpose].compactMap { $0 }
        self[.layout] = need?.layouts ?? []
        if let budget = need?.budget, budget.currency ?? "CNY" == "CNY", let top = budget.max ?? budget.min {
            self[.budget] = ["\(top / 100)"]
        }
        if let area = need?.area?.min ?? need?.area?.max { self[.area] = ["\(area)"] }
        if let months = need?.timeframe.flatMap(GradeInputs.months) { self[.timeframe] = ["\(months)"] }
        self[.hour] = ["\(local.minute / 60)"]
        self[.weekday] = ["\(local.weekday)"]
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
