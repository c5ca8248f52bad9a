import Contracts
import Failures
import Foundation
import Messaging
import Web

/// Builds the page of a person.
struct PersonStory {
    let view: PersonView
    let had: [MergeID: MergeSnapshot]
    let viewer: Viewer
    let who: Principal
    let refused: (form: Web.Form, rejection: Rejection)?
    /// A referral code as a link, where there is a form that takes it.
    let link: @Sendable (String) -> String?

    private var words: PersonWords {
        PersonWords(viewer: viewer, staff: view.staff, isMasked: !view.isResponsible(who))
    }
    private var mayLead: Bool { who.leadSight.mayLead && view.erasedAt == nil }
    private var mayAct: Bool { who.leadSight.mayAct && view.erasedAt == nil }

    var name: String {
        if view.erasedAt != nil { return viewer.text("persons.erased-name") }
        return view.person.name ?? view.leads.first?.heading(viewer) ?? viewer.text("leads.nameless")
    }

    var page: PersonPage {
        let winners = view.side.winners
        return PersonPage(
            header: PageHeader(
                name,
                sub: viewer.text("persons.known-as", count: view.side.members.count),
                actions: [Action(viewer.text("leads.open-customer"), "/sales/customers/\(view.uid)")]
            ),
            notice: refused.map { $0.rejection.message }
                ?? view.erasedAt.map { viewer.text("persons.erased-at", ["time": viewer.time($0).text]) },
            facts: words.identifiers(view.person) + view.unreachable.map { $0.fact(viewer) }
                + words.facts(winners, ProfileField.allCases),
            answers: AnswerPane(view.answers, viewer),
            consents: ConsentPane(of: view.side, words: words, mayAct: mayAct, refused: refused?.form),
            leads: Table(
                viewer.text("leads.title"),
                LeadView.columns(viewer),
                view.leads.map { $0.row(viewer) },
                empty: Empty(viewer.text("leads.title"), "")
            ),
            referrals: view.referrals.pane(
                view.uid,
                mayMake: mayAct,
                mayList: who.isOne(of: PayReferral.readers),
                link: link,
                viewer
            ),
            tags: tags,
            life: view.life.pane(view.uid, mayChange: mayAct, view.staff, viewer),
            reviews: view.reviews.isEmpty ? nil : reviews,
            merges: view.merges.map(item),
            hasMerges: !view.merges.isEmpty,
            pins: view.pinPane(mayLead: mayLead, words),
            aliases: view.aliases.map(\.description),
            profile: mayAct ? profile(winners) : nil,
            combine: mayLead ? combine : nil,
            exportHref: PrivacyRoutes.mayExport(who) ? "/leads/persons/\(view.uid)/export" : nil,
            heldElsewhere: PrivacyRoutes.mayErase(who) ? ["sales", "service", "notify"].map(held) : [],
            erase: PrivacyRoutes.mayErase(who) && view.erasedAt == nil
                ? PersonPage.Form(action: "/leads/persons/\(view.uid)/erase", fields: []) : nil
        )
    }

    private func held(by service: String) -> Action {
        Action(viewer.text("persons.export-\(service)"), "/\(service)/persons/\(view.uid)/held")
    }

    /// Judged by way of a lead that the viewer sees.
    private var tags: TagsPane? {
        guard view.erasedAt == nil, let lead = view.leads.first else { return nil }
        return TagsPane(view.tags, lead: lead.lead.id, person: view.uid, mayAct: mayAct, viewer)
    }

    private var reviews: Table {
        Table(
            viewer.text("reviews.title"),
            ReviewRows.columns(viewer),
            view.reviews.map { ReviewRows(viewer: viewer, names: view.names).row($0) },
            empty: Empty(viewer.text("reviews.empty"), viewer.text("reviews.empty-text"))
        )
    }

    private func profile(_ winners: [ProfileField: Winner]) -> PersonPage.Form {
        let fields = ProfileField.allCases.map { field in
            words.field(field, refused?.form.optional(field.rawValue) ?? winners[field]?.value)
        }
        let document = Field("document", viewer.text("leads.fact.document"), hint: viewer.text("persons.document.hint"))
        return PersonPage.Form(action: "/leads/persons/\(view.uid)/facts", fields: fields + [document])
    }

    private var combine: PersonPage.Form {
        PersonPage.Form(
            action: "/leads/persons/\(view.uid)/compare",
            fields: [Field("with", viewer.text("persons.combine.with"), hint: viewer.text("persons.combine.hint"))]
        )
    }

    private func item(_ merge: Merge) -> PersonPage.MergeItem {
        let name = view.names[merge.merged] ?? viewer.text("leads.nameless")
        let heading = viewer.text("persons.merged", ["name": name])
        return PersonPage.MergeItem(
            heading: heading,
            at: viewer.time(merge.mergedAt),
            actor: words.who(merge.actor),
            why: words.why(merge.why, heading),
            had: had[merge.id].map { facts($0.merged) } ?? [],
            undone: merge.undoneAt.map {
                viewer.text("persons.undone", ["time": viewer.time($0).text, "by": words.who(merge.undoneBy ?? "")])
            },
            undo: merge.isStanding && mayLead ? "/leads/merges/\(merge.id)/undo" : nil
        )
    }

    /// What one side had when two were merged.
    private func facts(_ part: MergeSnapshot.Part) -> [Fact] {
        let identifiers = part.identifiers.compactMap { known in
            PersonIdentifier.Kind(rawValue: known.kind).map { kind in
                let identifier = PersonIdentifier(kind: kind, value: known.value)
                let label = viewer.text("leads.fact.\(known.kind)")
                return Fact(label, identifier.shown(viewer, masked: words.isMasked))
            }
        }
        let fields = ProfileField.allCases.compactMap { field in
            part.fields[field.rawValue].map { Fact(words.label(field), words.shown(field, $0)) }
        }
        let saying = ConsentSaying(told: part.fields)
        let speaker = ConsentWords(words: words, tellings: [])
        let consents = [(true, saying.allowed), (false, saying.refused)].filter { !$0.1.isEmpty }.map { allows, scope in
            Fact(viewer.text("persons.choice.\(allows ? "yes" : "no")"), speaker.shown(scope))
        }
        return identifiers + fields + consents
    }
}
