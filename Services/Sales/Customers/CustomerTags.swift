import Contracts
import Web

extension CustomerPage {
    /// What marketing knows of the customer, and where that is confirmed or rejected.
    struct Tags: Sendable {
        let badges: [Badge]
        let href: String
    }
}

/// What marketing knows of a customer, in the viewer's words.
struct CustomerTags {
    let customer: Customer
    let viewer: Viewer

    init(_ customer: Customer, _ viewer: Viewer) {
        self.customer = customer
        self.viewer = viewer
    }

    var shown: CustomerPage.Tags {
        CustomerPage.Tags(
            badges: customer.tags.map { tag in
                let label = viewer.text(
                    "tags.pair",
                    ["key": viewer.word("tag", tag.key), "value": value(of: tag)]
                )
                return Badge(label, tag.isConfirmed ? .good : .neutral)
            },
            href: "/leads/persons/\(customer.uid)"
        )
    }

    private func value(of tag: PersonTag) -> String {
        switch tag.key {
        case "interest": viewer.word("tag-interest", tag.value)
        case "layout": viewer.layout(tag.value)
        case "project": viewer.project(tag.value)
        case "timeframe": viewer.word("timeframe", tag.value)
        case "budget": viewer.word("tag-budget", tag.value)
        case "purpose": viewer.word("tag-purpose", tag.value)
        default: tag.value
        }
    }
}
