import Contracts
import Foundation
import Web

/// My day: what is due, the overdue first.
struct TodayPage: Sendable {
    struct Shift: Sendable {
        let text: String
        let label: String
        /// What is posted: the other state.
        let value: String
        let isOnShift: Bool
    }

    let header: PageHeader
    let shift: Shift?
    let stats: [Stat]
    let due: Table?
    let holds: Table?
    let forgotten: Table?
    /// Has customers of their own to call.
    let sells: Bool
}

/// What somebody's day is made of.
struct Day: Sendable {
    let staff: Staff
    let due: [Customer]
    let overdue: Int
    let holds: [(hold: UnitHold, unit: Unit)]
    let forgotten: [ListedDeal]
    let open: [ListedDeal]
    let won: (count: Int, minor: Int64)
    let names: [StaffID: String]
}

/// Builds the Today page.
struct TodayView {
    let viewer: Viewer
    let access: Access
    let day: Day

    var page: TodayPage {
        TodayPage(
            header: PageHeader(
                viewer.text("today.hello", ["name": day.staff.name]),
                sub: viewer.day(viewer.now)
            ),
            shift: day.staff.role == .agent || day.staff.role == .manager ? shift : nil,
            stats: sells ? stats : [],
            due: sells ? due : nil,
            holds: day.holds.isEmpty ? nil : holds,
            forgotten: day.forgotten.isEmpty ? nil : forgotten,
            sells: sells
        )
    }

    /// Marketing and the service desk have no customers of their own to call.
    private var sells: Bool { ![.service, .supervisor, .marketing].contains(access.sight.role) }

    private var shift: TodayPage.Shift {
        let isOn = day.staff.isOnShift
        return TodayPage.Shift(
            text: viewer.text(isOn ? "today.on-shift" : "today.off-shift"),
            label: viewer.text(isOn ? "today.end-shift" : "today.begin-shift"),
            value: isOn ? "false" : "true",
            isOnShift: isOn
        )
    }

    private var stats: [Stat] {
        let later = day.due.count { ($0.dueAt ?? viewer.now) >= viewer.now }
        let worth = day.open.compactMap(\.deal.expected).filter { $0.currency == "CNY" }.reduce(0) { $0 + $1.minor }
        return [
            Stat(
                viewer.text("today.overdue"),
                viewer.number(day.overdue),
                href: "/sales/customers?overdue=1",
                tone: day.overdue > 0 ? .bad : .neutral
            ),
            Stat(viewer.text("today.due-today"), viewer.number(later), tone: later > 0 ? .warning : .neutral),
            Stat(
                viewer.text("today.open-deals"),
                viewer.number(day.open.count),
                note: worth > 0 ? viewer.moneyShort(worth, "CNY") : nil,
                href: "/sales/deals"
            ),
            Stat(
                viewer.text("today.won"),
                viewer.number(day.won.count),
                note: day.won.minor > 0 ? viewer.moneyShort(day.won.minor, "CNY") : nil,
                href: "/sales/deals",
                tone: day.won.count > 0 ? .good : .neutral
            ),
        ]
    }

    private var due: Table {
        var columns = [
            Table.Column(viewer.text("customers.name")), .init(viewer.text("today.what")),
            .init(viewer.text("customers.due")),
        ]
        if access.seesOthers { columns.append(.init(viewer.text("customers.owner"))) }
        columns.append(.init(viewer.text("today.act")))
        return Table(
            viewer.text("today.due-caption"),
            columns,
            day.due.map { customer in
                var cells: [Table.Cell] = [
                    .text(viewer.name(of: customer), sub: viewer.reach(of: customer, for: access)),
                    .text(customer.nextAction ?? viewer.text("customers.first-answer")),
                    .clock(customer.dueAt.map { viewer.clock(due: $0) }),
                ]
                if access.seesOthers {
                    cells.append(.text(customer.ownerID.flatMap { day.names[$0] } ?? viewer.text("common.nobody")))
                }
                cells.append(.actions(acts(on: customer)))
                return Table.Row(
                    id: customer.uid.description,
                    href: "/sales/customers/\(customer.uid)",
                    isNew: customer.lastContactAt == nil,
                    cells
                )
            },
            empty: Empty(viewer.text("today.nothing-due"), viewer.text("today.nothing-due-text"))
        )
    }

    /// One tap to call, for whoever sees the number; one to write down what was said.
    private func acts(on customer: Customer) -> [Action] {
        guard access.mayAct(on: customer) else { return [] }
        let number = access.isResponsible(for: customer) ? customer.card.phones.first : nil
        let call = number.map { Action(viewer.text("today.call"), "tel:\($0)") }
        return [call, Action(viewer.text("today.log"), "/sales/customers/\(customer.uid)#contact", isPrimary: true)]
            .compactMap { $0 }
    }

    private var holds: Table {
        Table(
            viewer.text("today.holds"),
            [.init(viewer.text("deals.unit")), .init(viewer.text("units.price")), .init(viewer.text("units.until"))],
            day.holds.map { hold, unit in
                Table.Row(
                    id: hold.id.uuidString,
                    href: "/sales/deals/\(hold.dealID)",
                    [
                        .text(unit.number, sub: viewer.layout(unit.layout)),
                        .text(viewer.moneyShort(unit.price.minor, unit.price.currency)),
                        .clock(viewer.clock(due: hold.expiresAt, soon: .seconds(4 * 3_600))),
                    ]
                )
            },
            empty: Empty("", "")
        )
    }

    private var forgotten: Table {
        Table(
            viewer.text("today.forgotten"),
            [
                .init(viewer.text("deals.title-field")), .init(viewer.text("deals.stage")),
                .init(viewer.text("customers.owner")),
            ],
            day.forgotten.map { listed in
                Table.Row(
                    id: listed.deal.id.description,
                    href: "/sales/customers/\(listed.deal.uid)",
                    [
                        .text(listed.deal.title, sub: listed.customerName),
                        .badge(viewer.badge(of: listed.deal.stage)),
                        .text(listed.ownerName ?? viewer.text("common.nobody")),
                    ]
                )
            },
            empty: Empty("", "")
        )
    }
}
