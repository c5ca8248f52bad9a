import Contracts
import Foundation
import Hummingbird
import Phone
import Web

/// What the address of the list says: a link that can be shared.
struct LeadListQuery: Sendable, Equatable {
    /// One thing that a list is narrowed by.
    enum Part: String, Sendable, CaseIterable {
        case view
        case grade
        case status
        case owner
        case team
        case channel
        case campaign
        case project
        /// How far the person has come.
        case stage
        /// Received within so much time.
        case period
        /// Somebody has to call by now, or by the end of the day.
        case due
        /// Won with so many percent at least.
        case percent
        case search = "q"
        case order = "sort"
    }

    enum Period: String, Sendable, CaseIterable {
        case day = "1d"
        case week = "7d"
        case month = "30d"
        case quarter = "90d"

        var seconds: TimeInterval {
            switch self {
            case .day: 86_400
            case .week: 604_800
            case .month: 2_592_000
            case .quarter: 7_776_000
            }
        }
    }

    /// By when somebody has to call.
    enum Due: String, Sendable, CaseIterable {
        case now
        case today

        /// Before which instant that is.
        func end(_ now: Date) -> Date { self == .now ? now : ClaimRules.midnight(after: now) }
    }

    private var parts: [Part: String] = [:]
    /// The leads behind a figure of marketing's return, which has a channel and a campaign of its own.
    var returned: ReturnFilter?

    init(_ request: Request) { self.init { request.query($0) } }

    /// What a form says that was made of the list.
    init(_ form: Form) { self.init { form.optional($0) } }

    /// What was stored as text.
    init(stored query: String) {
        let items = URLComponents(string: query)?.queryItems ?? []
        self.init { name in items.first { $0.name == name }?.value }
    }

    /// What makes no sense is left out: a link that somebody has cut off still shows something.
    private init(_ value: (String) -> String?) {
        returned = value("touch") == nil ? nil : ReturnFilter(value)
        for part in Part.allCases where returned == nil || ![.channel, .campaign].contains(part) {
            guard let text = value(part.rawValue), !text.isEmpty, Self.makesSense(text, as: part) else { continue }
            parts[part] = text
        }
    }

    private static func makesSense(_ text: String, as part: Part) -> Bool {
        switch part {
        case .view: ["mine", "pool", "overdue"].contains(text)
        case .grade: Grade(rawValue: text) != nil
        case .status: Lead.Status(rawValue: text) != nil
        case .stage: LifeStage(rawValue: text) != nil
        case .owner, .team: UUID(uuidString: text) != nil
        case .period: Period(rawValue: text) != nil
        case .due: Due(rawValue: text) != nil
        case .percent: Int(text).map((1...100).contains) ?? false
        case .order: LeadOrder(rawValue: text).map { $0 != .newest } ?? false
        case .channel, .campaign, .project, .search: text.count <= 200
        }
    }

    subscript(part: Part) -> String? { parts[part] }

    var view: String { parts[.view] ?? "all" }
    var search: String? { parts[.search] }
    var order: LeadOrder { parts[.order].flatMap { LeadOrder(rawValue: $0) } ?? .newest }
    /// Whether it is another list than that of its view.
    var isNarrowed: Bool { parts.keys.contains { $0 != .view } }

    /// The same list with one thing changed; nil leaves it out.
    func with(_ part: Part, _ value: String?) -> LeadListQuery {
        var other = self
        other.parts[part] = value
        return other
    }

    /// What is searched for: a telephone number, where it is one, else a part of a name.
    func filter(_ who: Principal, _ now: Date) -> LeadFilter {
        var filter = Self.filter(of: view, who, now)
        filter.returned = returned
        filter.grade = parts[.grade].flatMap { Grade(rawValue: $0) }
        filter.status = parts[.status].flatMap { Lead.Status(rawValue: $0) }
        filter.owner = filter.owner ?? parts[.owner].flatMap { StaffID($0) }
        filter.team = parts[.team].flatMap { TeamID($0) }
        filter.percent = parts[.percent].flatMap { Int($0) }
        filter.channel = parts[.channel]
        filter.campaign = parts[.campaign]
        filter.project = parts[.project]
        filter.stage = parts[.stage].flatMap { LifeStage(rawValue: $0) }
        filter.callBefore = parts[.due].flatMap { Due(rawValue: $0) }?.end(now)
        filter.since = parts[.period].flatMap { Period(rawValue: $0) }.map { now.addingTimeInterval(-$0.seconds) }
        if let search {
            if let phone = LeadListQuery.phone(in: search) { filter.phone = phone } else { filter.name = search }
        }
        return filter
    }

    /// What a view alone shows.
    static func filter(of view: String, _ who: Principal, _ now: Date) -> LeadFilter {
        var filter = LeadFilter()
        switch view {
        case "mine": filter.owner = StaffID(who.staffID)
        case "pool": filter.isInPool = true
        case "overdue": filter.overdueAt = now
        default: break
        }
        return filter
    }

    /// The telephone number that is searched for; nil for a name, which may have digits too.
    static func phone(in search: String) -> String? {
        search.contains(where: \.isLetter) ? nil : PhoneNumber.e164(search)
    }

    func items(without left: Set<Part> = []) -> [URLQueryItem] {
        Part.allCases.filter { !left.contains($0) }.compactMap { part in
            parts[part].map { URLQueryItem(name: part.rawValue, value: $0) }
        } + (returned?.items ?? [])
    }

    /// What may be written down of what it is narrowed by: what was searched for is a person's name or number.
    var told: [String: String] {
        let figure = (returned?.items ?? []).map { ($0.name, $0.value ?? "") }
        let narrowed = parts.filter { $0.key != .order }.map { ($0.rawValue, $0 == .search ? "…" : $1) }
        return Dictionary(narrowed + figure) { first, _ in first }
    }

    /// `?view=…`, or nothing.
    var query: String { LeadListQuery.query(items()) }

    func href(cursor: String? = nil) -> String {
        "/leads/leads" + LeadListQuery.query(items() + (cursor.map { [URLQueryItem(name: "cursor", value: $0)] } ?? []))
    }

    private static func query(_ items: [URLQueryItem]) -> String {
        items.isEmpty ? "" : "?" + items.encoded
    }
}
