import Contracts
import Foundation
import Web

/// What was found.
struct SearchPage: Sendable {
    let header: PageHeader
    let customers: Table?
    let deals: Table?
    let units: Table?
    let none: String?
    let empty: Empty?
    /// Where other services tell what they found.
    let others: [String]
}

extension SearchPage {
    init(viewer: Viewer, access: Access, text: String, found: Found) {
        let isEmpty = found.customers.isEmpty && found.deals.isEmpty && found.units.isEmpty
        let header = PageHeader(
            viewer.text("search.title"),
            sub: text.isEmpty ? nil : viewer.text("search.for", ["text": text])
        )
        let rows = CustomerRows(viewer: viewer, access: access, names: found.names)
        let customers = found.customers.isEmpty ? nil : rows.table(found.customers, empty: Empty("", ""))
        let deals = found.deals.isEmpty ? nil : Self.table(found.deals, viewer)
        let units = found.units.isEmpty ? nil : Self.table(found.units, viewer)
        let tail = [URLQueryItem(name: "q", value: text)].encoded
        self.init(
            header: header,
            customers: customers,
            deals: deals,
            units: units,
            none: isEmpty && !text.isEmpty ? viewer.text("search.none-here") : nil,
            empty: text.isEmpty ? Empty(viewer.text("search.empty"), viewer.text("search.empty-text")) : nil,
            others: text.isEmpty ? [] : ["/leads/fragments/search?\(tail)", "/service/fragments/search?\(tail)"]
        )
    }

    private static func table(_ deals: [ListedDeal], _ viewer: Viewer) -> Table {
        Table(
            viewer.text("nav.deals"),
            [.init(viewer.text("deals.title-field")), .init(viewer.text("deals.stage"))],
            deals.map { listed in
                Table.Row(
                    id: listed.deal.id.description,
                    href: "/sales/deals/\(listed.deal.id)",
                    [
                        .text(listed.deal.title, sub: listed.customerName),
                        .badge(viewer.badge(of: listed.deal.stage)),
                    ]
                )
            },
            empty: Empty("", "")
        )
    }

    private static func table(_ units: [Unit], _ viewer: Viewer) -> Table {
        Table(
            viewer.text("nav.units"),
            [.init(viewer.text("deals.unit")), .init(viewer.text("units.price")), .init(viewer.text("units.state"))],
            units.map { unit in
                Table.Row(
                    id: unit.id.description,
                    href: "/sales/units/\(unit.id)",
                    [
                        .text(unit.number, sub: "\(viewer.layout(unit.layout)) · \(viewer.area(unit.area))"),
                        .text(viewer.moneyShort(unit.price.minor, unit.price.currency)),
                        .badge(viewer.badge(of: unit.state)),
                    ]
                )
            },
            empty: Empty("", "")
        )
    }
}
