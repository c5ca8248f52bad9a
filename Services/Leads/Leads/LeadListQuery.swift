import Contracts
import Foundation
import Hummingbird
import Phone
import Web

/// What the address of the list says: a link that can be shared.
struct LeadListQuery: Sendable, Equatable {
    var view: String
    var grade: String?
    var status: String?
    var search: String?
    /// The leads behind a figure of marketing's return.
    var returned: ReturnFilter?

    init(_ request: Request) {
        view = request.query("view") ?? "all"
        grade = request.query("grade").flatMap { Grade(rawValue: $0)?.rawValue }
        status = request.query("status").flatMap { Lead.Status(rawValue: $0)?.rawValue }
        search = request.query("q")
        returned = ReturnFilter { request.query($0) }
    }

    /// What is searched for: a telephone number, where it is one, else a part of a name.
    func filter(of view: String, _ who: Principal, _ now: Date) -> LeadFilter {
        var filter = LeadFilter()
        switch view {
        case "mine": filter.owner = StaffID(who.staffID)
        case "pool": filter.isInPool = true
        case "overdue": filter.overdueAt = now
        default: break
        }
        filter.grade = grade.flatMap { Grade(rawValue: $0) }
        filter.status = status.flatMap { Lead.Status(rawValue: $0) }
        filter.returned = returned
        if let search {
            if let phone = LeadListQuery.phone(in: search) { filter.phone = phone } else { filter.name = search }
        }
        return filter
    }

    /// The telephone number that is searched for; nil for a name, which may have digits too.
    static func phone(in search: String) -> String? {
        search.contains(where: \.isLetter) ? nil : PhoneNumber.e164(search)
    }

    func items(without left: String? = nil) -> [URLQueryItem] {
        var items: [URLQueryItem] = []
        if view != "all" { items.append(URLQueryItem(name: "view", value: view)) }
        if let grade { items.append(URLQueryItem(name: "grade", value: grade)) }
        if let status { items.append(URLQueryItem(name: "status", value: status)) }
        if let search { items.append(URLQueryItem(name: "q", value: search)) }
        items += returned?.items ?? []
        return items.filter { $0.name != left }
    }

    /// `?view=…`, or nothing.
    var query: String { LeadListQuery.query(items()) }

    func href(cursor: String? = nil) -> String {
        "/leads/leads" + LeadListQuery.query(items() + (cursor.map { [URLQueryItem(name: "cursor", value: $0)] } ?? []))
    }

    func href(view: String) -> String {
        var other = self
        other.view = view
        return other.href()
    }

    func gradeLinks(_ viewer: Viewer) -> [FilterLink] {
        Grade.allCases.map { choice in
            var other = self
            other.grade = grade == choice.rawValue ? nil : choice.rawValue
            return FilterLink(
                viewer.text("leads.grade", ["grade": choice.rawValue]),
                other.href(),
                isCurrent: grade == choice.rawValue
            )
        }
    }

    func statusLinks(_ viewer: Viewer) -> [FilterLink] {
        Lead.Status.allCases.map { choice in
            var other = self
            other.status = status == choice.rawValue ? nil : choice.rawValue
            return FilterLink(
                viewer.text("leads.status.\(choice.rawValue)"),
                other.href(),
                isCurrent: status == choice.rawValue
            )
        }
    }

    private static func query(_ items: [URLQueryItem]) -> String {
        guard !items.isEmpty else { return "" }
        var components = URLComponents()
        components.queryItems = items
        return "?" + (components.percentEncodedQuery ?? "").replacing("+", with: "%2B")
    }
}
