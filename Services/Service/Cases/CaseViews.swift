import Contracts
import Foundation
import Web

/// The page of one case.
struct CaseView: Sendable {
    let header: PageHeader
    let next: NextStep?
    let reply: OneFieldForm?
    let closing: OneFieldForm?
    let owner: OneFieldForm?
    let timeline: [TimelineEntry]
    let facts: [Fact]

    /// What is to be done now, and by when.
    struct NextStep: Sendable {
        let text: String
        let clock: Web.Clock?
    }
}

/// A form of one field and one button.
struct OneFieldForm: Sendable {
    let action: String
    let field: Field
    let button: String
}

/// What the page of a case is made from.
struct CaseContent: Sendable {
    let line: CaseLine
    let customer: Customer?
    let entries: [CaseEntry]
    let names: [StaffID: String]
    /// Who could take the case.
    let desk: [StaffMember]
}

/// What somebody had typed when it was refused, by the name of the form.
struct RefusedInput: Sendable {
    let form: String
    let value: String
    let error: String
}

extension CaseView {
    init(_ content: CaseContent, _ reach: Reach, refused: RefusedInput? = nil, _ viewer: Viewer) {
        let record = content.line.record
        let words = CaseWords(content: content, reach: reach, viewer: viewer)
        header = words.header
        next = words.next
        timeline = content.entries.reversed().map { words.entry($0) }
        facts = words.facts
        let path = "/service/cases/\(record.id)"
        let isMine = reach.mayAct && record.isOpen
        func form(_ name: String, _ field: (String, String?) -> Field) -> OneFieldForm? {
            let given = refused.flatMap { $0.form == name ? $0 : nil }
            return isMine
                ? OneFieldForm(
                    action: "\(path)/\(name)",
                    field: field(given?.value ?? "", given?.error),
                    button: viewer.text("case-action.\(name)")
                ) : nil
        }
        reply = form("replies") { value, error in
            .area(
                "text",
                viewer.text("case.reply"),
                value: value,
                hint: viewer.text("case.reply-hint"),
                error: error,
                isRequired: true
            )
        }
        closing = form("close") { value, error in
            .area(
                "result",
                viewer.text("case.result"),
                value: value,
                hint: viewer.text("case.result-hint"),
                error: error,
                isRequired: true
            )
        }
        let given = form("owner") { _, error in
            .select("staff", viewer.text("case.owner"), words.choices, error: error, isRequired: true)
        }
        owner = reach.mayLead && !content.desk.isEmpty ? given : nil
    }
}

/// A case in the viewer's words.
private struct CaseWords {
    let content: CaseContent
    let reach: Reach
    let viewer: Viewer

    private var record: Case { content.line.record }

    var header: PageHeader {
        let urgent = record.severity == .high ? [Badge(viewer.text("case-severity.high"), .warning)] : []
        return PageHeader(
            record.title,
            sub: "\(record.number) · \(viewer.text("case-kind.\(record.kind.rawValue)"))",
            badges: [Badge(stateOf: record, viewer)] + urgent
        )
    }

    var next: CaseView.NextStep? {
        guard record.isOpen else { return nil }
        return record.isClockRunning
            ? .init(text: viewer.text("case-next.answer"), clock: viewer.clock(due: record.responseDueAt))
            : .init(text: viewer.text("case-next.solve"), clock: nil)
    }

    var choices: [Field.Choice] {
        content.desk.map { member in
            let shift = member.isOnShift ? "" : " · " + viewer.text("case.off-shift")
            return Field.Choice(member.id.description, member.name + shift, isChosen: member.id == record.ownerID)
        }
    }

    var facts: [Fact] {
        let unit: [Fact] = record.project.map { [Fact(viewer.text("case.project"), viewer.project($0))] } ?? []
        let result: [Fact] = record.result.map { [Fact(viewer.text("case.result"), $0)] } ?? []
        return contact + unit + [
            Fact(
                viewer.text("case.owner"),
                name(record.ownerID),
                why: Web.Why(record.ownerWhy, viewer)
            ),
            Fact(
                viewer.text("case.due"),
                viewer.instant(record.responseDueAt),
                why: Web.Why(record.deadlineWhy, viewer)
            ),
            Fact(viewer.text("case.severity"), viewer.text("case-severity.\(record.severity.rawValue)")),
            Fact(viewer.text("case.taken"), viewer.instant(record.openedAt)),
        ] + result
    }

    private var contact: [Fact] {
        let isMasked = !reach.isResponsible(owner: record.ownerID, agent: content.customer?.agentID)
        var facts = [
            Fact(
                viewer.text("case.customer"),
                viewer.customer(content.line.customerName),
                href: "/sales/customers/\(record.uid)"
            )
        ]
        if let phone = content.customer?.phone {
            facts.append(Fact(viewer.text("case.phone"), viewer.phone(phone, masked: isMasked)))
        }
        if let email = content.customer?.email {
            facts.append(Fact(viewer.text("case.email"), viewer.email(email, masked: isMasked)))
        }
        return facts
    }

    func entry(_ entry: CaseEntry) -> TimelineEntry {
        let look: (icon: String, tone: Badge.Tone) =
            switch entry.kind {
            case .opened: ("case", .accent)
            case .reply: ("message", .neutral)
            case .alert: ("system", .bad)
            case .owner: ("note", .neutral)
            case .closed: ("deal", .good)
            case .answer: ("message", .accent)
            }
        let isAlert = entry.kind == .alert
        return TimelineEntry(
            at: viewer.time(entry.at),
            icon: look.icon,
            tone: look.tone,
            viewer.text(isAlert ? "case-entry.alert-\(entry.text)" : "case-entry.\(entry.kind.rawValue)"),
            text: isAlert ? nil : entry.text,
            actor: entry.staffID.map { name($0) },
            source: entry.event?.text,
            why: entry.why.map { Web.Why($0, viewer) }
        )
    }

    private func name(_ id: StaffID?) -> String { viewer.person(id.flatMap { content.names[$0] }) }
}
