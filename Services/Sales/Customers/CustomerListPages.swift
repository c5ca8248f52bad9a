import Contracts
import Foundation
import Hummingbird
import Web

/// The list of customers.
struct CustomerListPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    let search: Field
    let table: Table
}

/// Builds the list of customers from rows.
struct CustomerRows {
    let viewer: Viewer
    let access: Access
    let names: [StaffID: String]

    func table(_ customers: [Customer], next: String? = nil, empty: Empty) -> Table {
        Table(
            viewer.text("customers.caption"),
            [
                .init(viewer.text("customers.name")), .init(viewer.text("customers.grade")),
                .init(viewer.text("customers.stage")), .init(viewer.text("customers.owner")),
                .init(viewer.text("customers.due")), .init(viewer.text("customers.last-contact")),
            ],
            customers.map(row),
            pager: next.map { Pager(next: $0) },
            empty: empty
        )
    }

    private func row(_ customer: Customer) -> Table.Row {
        Table.Row(
            id: customer.uid.description,
            href: "/sales/customers/\(customer.uid)",
            isNew: customer.stage == .enquiry && customer.lastContactAt == nil,
            [
                .text(viewer.name(of: customer), sub: viewer.reach(of: customer, for: access)),
                customer.grade.map { .badge(viewer.gradeBadge($0)) } ?? .text("–"),
                .badge(viewer.stageBadge(customer.stage)),
                .text(customer.ownerID.flatMap { names[$0] } ?? viewer.text("common.nobody")),
                .clock(customer.dueAt.map { viewer.clock(due: $0) }),
                customer.lastContactAt.map { .time(viewer.time($0)) } ?? .text("–"),
            ]
        )
    }
}

extension Viewer {
    /// What a customer is called; somebody without a name is called so.
    func name(of customer: Customer) -> String { customer.card.name?.nonEmpty ?? text("customers.nameless") }

    /// The first way to reach a customer, masked for whoever is not responsible.
    func reach(of customer: Customer, for access: Access) -> String? {
        let isMasked = !access.isResponsible(for: customer)
        if let number = customer.card.phones.first { return phone(number, masked: isMasked) }
        if let address = customer.card.emails.first { return email(address, masked: isMasked) }
        return customer.card.wechat.map { handle($0, masked: isMasked) }
    }

    func gradeBadge(_ grade: String) -> Badge {
        Badge(text("customers.grade-filter", ["grade": grade]), grade == "A" ? .accent : .neutral)
    }

    func stageBadge(_ stage: Customer.Stage) -> Badge {
        let tone: Badge.Tone =
            switch stage {
            case .enquiry: .warning
            case .contacted, .deal: .accent
            case .won: .good
            case .lost, .discarded: .neutral
            }
        return Badge(text("customers.stage-\(stage.rawValue)"), tone)
    }
}

extension CustomerQuery {
    /// The address of the list that this query asks for.
    func address(cursor: String? = nil) -> String {
        var items: [URLQueryItem] = []
        if whose != .all { items.append(URLQueryItem(name: "whose", value: whose.rawValue)) }
        if let grade { items.append(URLQueryItem(name: "grade", value: grade)) }
        if let stage { items.append(URLQueryItem(name: "stage", value: stage.rawValue)) }
        if isOverdue { items.append(URLQueryItem(name: "overdue", value: "1")) }
        if let search { items.append(URLQueryItem(name: "q", value: search)) }
        if let cursor { items.append(URLQueryItem(name: "cursor", value: cursor)) }
        return "/sales/customers" + (items.isEmpty ? "" : "?" + items.encoded)
    }
}
