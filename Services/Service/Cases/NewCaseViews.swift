import Contracts
import Foundation
import Web

/// The page on which a case is taken: first for whom, then what.
struct NewCaseView: Sendable {
    let header: PageHeader
    let search: SearchForm?
    let form: Form?

    /// Finds the customer.
    struct SearchForm: Sendable {
        let field: Field
        let found: Table?
    }

    /// Takes what they say.
    struct Form: Sendable {
        let uid: String
        let customer: String
        let change: String
        /// Makes pressing the button twice harmless.
        let key: String
        let fields: [Field]
    }
}

/// What somebody typed into the form of a new case, and what was wrong with it.
struct NewCaseInput: Sendable {
    var kind = ""
    var severity = "normal"
    var title = ""
    var text = ""
    var unit = ""
    var key = UUID.v7().wire
    var errorField: String?
    var error: String?

    func error(of field: String) -> String? { errorField == field ? error : nil }
}

extension NewCaseView {
    /// Looks for the customer; `found` is nil as long as nobody has asked.
    init(looking search: String, found: [Customer]?, _ viewer: Viewer) {
        header = PageHeader(viewer.text("case.new"), sub: viewer.text("case-new.for-whom"))
        form = nil
        self.search = SearchForm(
            field: Field(
                "q",
                viewer.text("case-new.search"),
                value: search,
                type: "search",
                hint: viewer.text("case-new.search-hint"),
                isRequired: true
            ),
            found: found.map { people in
                Table(
                    viewer.text("case-new.found"),
                    [Table.Column(viewer.text("case.customer")), Table.Column(viewer.text("case.phone"))],
                    people.map { person in
                        Table.Row(
                            id: person.uid.description,
                            href: "/service/cases/new?uid=\(person.uid)",
                            [
                                .text(viewer.customer(person.name)),
                                .text(person.phone.map { viewer.phone($0, masked: true) } ?? "–"),
                            ]
                        )
                    },
                    empty: Empty(viewer.text("case-new.nobody"), viewer.text("case-new.nobody-text"))
                )
            }
        )
    }

    /// Takes the case of a customer.
    init(for customer: Customer, handovers: [HandoverLine], _ input: NewCaseInput, _ viewer: Viewer) {
        header = PageHeader(viewer.text("case.new"))
        search = nil
        form = Form(
            uid: customer.uid.description,
            customer: viewer.customer(customer.name),
            change: "/service/cases/new",
            key: input.key,
            fields: Self.fields(handovers, input, viewer)
        )
    }

    private static func fields(_ handovers: [HandoverLine], _ input: NewCaseInput, _ viewer: Viewer) -> [Field] {
        let units = unit(handovers, input, viewer).map { [$0] } ?? []
        return kind(input, viewer) + units + words(input, viewer)
    }

    private static func kind(_ input: NewCaseInput, _ viewer: Viewer) -> [Field] {
        func choices(_ prefix: String, _ names: [String], _ chosen: String) -> [Field.Choice] {
            names.map { Field.Choice($0, viewer.text("\(prefix).\($0)"), isChosen: $0 == chosen) }
        }
        return [
            .select(
                "kind",
                viewer.text("case.kind"),
                choices("case-kind", Case.Kind.allCases.map(\.rawValue), input.kind),
                error: input.error(of: "kind"),
                isRequired: true
            ),
            .select(
                "severity",
                viewer.text("case.severity"),
                choices("case-severity", Case.Severity.allCases.map(\.rawValue), input.severity),
                error: input.error(of: "severity"),
                isRequired: true
            ),
        ]
    }

    /// Which of their units it is about; nil where they have none.
    private static func unit(_ handovers: [HandoverLine], _ input: NewCaseInput, _ viewer: Viewer) -> Field? {
        guard !handovers.isEmpty else { return nil }
        let units = handovers.map(\.record).map { record in
            Field.Choice(
                record.unitID.description,
                "\(viewer.project(record.project)) \(record.unitNumber)",
                isChosen: record.unitID.description == input.unit
            )
        }
        let none = Field.Choice("", viewer.text("case-new.no-unit"), isChosen: input.unit.isEmpty)
        return .select("unit", viewer.text("case.unit"), [none] + units, error: input.error(of: "unitId"))
    }

    private static func words(_ input: NewCaseInput, _ viewer: Viewer) -> [Field] {
        [
            Field(
                "title",
                viewer.text("case.headline"),
                value: input.title,
                error: input.error(of: "title"),
                isRequired: true
            ),
            .area(
                "text",
                viewer.text("case.text"),
                value: input.text,
                hint: viewer.text("case-new.text-hint"),
                error: input.error(of: "text"),
                isRequired: true
            ),
        ]
    }
}
