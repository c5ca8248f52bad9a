import Contracts
import Failures
import Foundation
import Web

/// A customer's page: what matters and what is next, everything that happened, and what is known.
struct CustomerPage: Sendable {
    struct Step: Sendable {
        let text: String
        let clock: Clock?
    }

    struct ContactForm: Sendable {
        let action: String
        let problem: String?
        let kind: [Field]
        let note: Field
        let next: [Field]
    }

    struct DealForm: Sendable {
        let action: String
        let fields: [Field]
    }

    let uid: String
    let header: PageHeader
    let next: Step?
    let days: [TimelineDay]
    let hasTimeline: Bool
    let contact: ContactForm?
    let deal: DealForm?
    let numbers: NumbersForm?
    let deals: Table?
    let facts: [Fact]
    let need: String?
    let tags: Tags?
}

/// Builds a customer's page.
struct CustomerView {
    let viewer: Viewer
    let access: Access
    let customer: Customer
    let names: [StaffID: String]
    /// The viewer has asked for the numbers, and said why.
    var isShown = false

    func page(_ entries: [TimelineEvent], deals: [Deal], refused: RefusedContact? = nil) -> CustomerPage {
        let words = TimelineWords(viewer: viewer, names: names)
        let mayAct = access.mayAct(on: customer)
        return CustomerPage(
            uid: customer.uid.description,
            header: header(mayAct),
            next: step,
            days: viewer.days(TimelineWords.told(entries).reversed().map(words.dated)) { key, count in
                viewer.text("timeline.folded-\(key)", count: count)
            },
            hasTimeline: !entries.isEmpty,
            contact: mayAct ? contactForm(refused) : nil,
            deal: mayAct ? dealForm : nil,
            numbers: isMasked && access.mayUnmask(customer) ? numbersForm : nil,
            deals: deals.isEmpty ? nil : table(deals),
            facts: facts,
            need: needText,
            tags: customer.tags.isEmpty ? nil : CustomerTags(customer, viewer).shown
        )
    }

    private func header(_ mayAct: Bool) -> PageHeader {
        PageHeader(
            viewer.name(of: customer),
            sub: viewer.reach(of: customer, for: access),
            badges: [viewer.stageBadge(customer.stage)] + (customer.grade.map { [viewer.gradeBadge($0)] } ?? []),
            actions: mayAct
                ? [
                    Action(viewer.text("contacts.log"), "#contact", isPrimary: true),
                    Action(viewer.text("deals.open"), "#deal"),
                ] : []
        )
    }

    /// What must be done next, and by when.
    private var step: CustomerPage.Step? {
        guard let due = customer.dueAt else {
            guard customer.stage != .discarded, customer.stage != .lost else { return nil }
            return CustomerPage.Step(text: customer.nextAction ?? viewer.text("customers.nothing-agreed"), clock: nil)
        }
        let text = customer.nextAction ?? viewer.text("customers.first-answer")
        return CustomerPage.Step(text: text, clock: viewer.clock(due: due))
    }

    private func contactForm(_ refused: RefusedContact?) -> CustomerPage.ContactForm {
        let form = refused?.form
        func error(_ field: String) -> String? {
            guard let rejection = refused?.rejection, rejection.field == field else { return nil }
            return viewer.refusal(rejection.code, rejection.message)
        }
        let kinds = Contact.Kind.allCases.map { kind in
            Field.Choice(kind.rawValue, viewer.text("kind.\(kind.rawValue)"), isChosen: form?["kind"] == kind.rawValue)
        }
        let reached = [
            Field.Choice("true", viewer.text("contacts.reached")),
            Field.Choice("false", viewer.text("contacts.not-reached"), isChosen: form?["reached"] == "false"),
        ]
        return CustomerPage.ContactForm(
            action: "/sales/customers/\(customer.uid)/contacts",
            problem: refused.flatMap { $0.rejection.field == nil ? $0.rejection : nil }
                .map { viewer.refusal($0.code, $0.message) },
            kind: [
                .select("kind", viewer.text("contacts.kind"), kinds, error: error("kind"), isRequired: true),
                .select("reached", viewer.text("contacts.result"), reached, isRequired: true),
            ],
            note: .area("note", viewer.text("contacts.note"), value: form?["note"] ?? "", error: error("note")),
            next: [
                Field(
                    "nextAction",
                    viewer.text("contacts.next-action"),
                    value: form?["nextAction"] ?? "",
                    hint: viewer.text("contacts.next-hint"),
                    error: error("nextAction")
                ),
                Field(
                    "nextAt",
                    viewer.text("contacts.next-at"),
                    value: form?["nextAt"] ?? "",
                    type: "datetime-local",
                    error: error("nextAt")
                ),
            ]
        )
    }

    private var dealForm: CustomerPage.DealForm {
        CustomerPage.DealForm(
            action: "/sales/customers/\(customer.uid)/deals",
            fields: [
                Field("title", viewer.text("deals.title-field"), hint: viewer.text("deals.title-hint")),
                Field(
                    "expected",
                    viewer.text("deals.expected"),
                    type: "number",
                    hint: viewer.text("deals.expected-hint")
                ),
            ]
        )
    }

    private func table(_ deals: [Deal]) -> Table {
        Table(
            viewer.text("customers.deals"),
            [
                .init(viewer.text("deals.title-field")), .init(viewer.text("deals.stage")),
                .init(viewer.text("deals.expected"), isNumeric: true),
            ],
            deals.map { deal in
                Table.Row(
                    id: deal.id.description,
                    href: "/sales/deals/\(deal.id)",
                    [
                        .text(deal.title), .badge(viewer.badge(of: deal.stage)),
                        .text(deal.expected.map { viewer.moneyShort($0.minor, $0.currency) } ?? "–"),
                    ]
                )
            },
            empty: Empty("", "")
        )
    }
}

extension CustomerView {
    private var isMasked: Bool { !isShown && !access.isResponsible(for: customer) }

    /// What is known of the customer.
    private var facts: [Fact] {
        let phones = customer.card.phones.map { Fact(viewer.text("facts.phone"), viewer.phone($0, masked: isMasked)) }
        let emails = customer.card.emails.map { Fact(viewer.text("facts.email"), viewer.email($0, masked: isMasked)) }
        let wechat = customer.card.wechat.map {
            Fact(viewer.text("facts.wechat"), viewer.handle($0, masked: isMasked))
        }
        return phones + emails + [wechat].compactMap { $0 } + decisions + [
            Fact(viewer.text("facts.consent"), consentText),
            Fact(viewer.text("facts.first-seen"), viewer.day(customer.firstSeenAt)),
        ]
    }

    /// What was decided about the customer, each with its why.
    private var decisions: [Fact] {
        let owner = customer.ownerID.flatMap { names[$0] } ?? viewer.text("common.nobody")
        var facts = [
            Fact(
                viewer.text("customers.owner"),
                owner,
                why: customer.ownerWhy.map {
                    viewer.why($0, sentence: viewer.text("facts.owner-why", ["owner": owner]), names: names)
                }
            )
        ]
        if let grade = customer.grade {
            facts.append(
                Fact(
                    viewer.text("customers.grade"),
                    grade,
                    why: customer.gradeWhy.map {
                        viewer.why($0, sentence: viewer.text("facts.grade-why", ["grade": grade]), names: names)
                    }
                )
            )
        }
        if let channel = customer.channel {
            facts.append(Fact(viewer.text("facts.channel"), viewer.word("channel", channel)))
        }
        if let lead = customer.leadID {
            facts.append(Fact(viewer.text("facts.lead"), viewer.text("facts.open-lead"), href: "/leads/leads/\(lead)"))
        }
        return facts
    }

    private var consentText: String {
        let known = (customer.consent ?? Consent()).scopes.allowed
        let comma = viewer.language == .chinese ? "、" : ", "
        let allowed = ConsentMeans.allCases.compactMap { means -> String? in
            let label = viewer.text("consent.means.\(means.rawValue)")
            if known.isSuperset(of: ConsentScope(by: means)) { return label }
            let purposes = ConsentPurpose.allCases.filter { known.contains(ConsentScope($0, by: means)) }
                .map { viewer.text("consent.purpose.\($0.rawValue)") }
            return purposes.isEmpty ? nil : "\(label) (\(purposes.joined(separator: comma)))"
        }
        return allowed.isEmpty ? viewer.text("common.none") : allowed.joined(separator: " · ")
    }

    /// The need in one line: three rooms, Pudong, 89 to 120 m², up to 4.5 million, within three months.
    private var needText: String? {
        guard let need = customer.need else { return nil }
        let budget = need.budget.map { range in
            [range.min, range.max].compactMap { $0 }
                .map { viewer.moneyShort($0, range.currency ?? "CNY") }.joined(separator: " – ")
        }
        let area = need.area.map { range in
            [range.min, range.max].compactMap { $0 }.map(viewer.area).joined(separator: " – ")
        }
        let comma = viewer.language == .chinese ? "、" : ", "
        let lists = [need.projects?.map(viewer.project), need.districts, need.layouts?.map(viewer.layout)]
            .compactMap { $0?.joined(separator: comma) }
        let time = need.timeframe.map { viewer.word("timeframe", $0) }
        let parts = (lists + [area, budget, time].compactMap { $0 }).filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: " · ")
    }
}
