import Contracts
import Foundation
import Web

/// A lead as a line of a file.
struct ExportLine: Sendable {
    static let columns = [
        "name", "phone", "grade", "status", "owner", "channel", "campaign", "project", "district", "layouts",
        "budget-min", "budget-max", "message", "touches", "received", "contacted", "deal", "discarded",
    ]

    let view: LeadView
    let isUnmasked: Bool

    static func header(_ viewer: Viewer) -> String {
        CSVText.row(columns.map { viewer.text("exports.column.\($0)") })
    }

    func text(_ viewer: Viewer) -> String {
        let lead = view.lead
        let phone = view.phone.map { isUnmasked ? viewer.phone($0, masked: false) : view.shownPhone($0, viewer) }
        let budget = view.need?.budget
        let yuan = [budget?.min, budget?.max].map { $0.map { "\($0 / 100)" } ?? "" }
        return CSVText.row([
            view.personName ?? "", phone ?? "", lead.grade.rawValue,
            viewer.text("leads.status.\(lead.status.rawValue)"), view.ownerText(viewer), viewer.channel(lead.channel),
            view.campaign ?? "", lead.project.map(viewer.project) ?? "", lead.district ?? "",
            (view.need?.layouts ?? []).joined(separator: " / "), yuan[0], yuan[1], view.message ?? "",
            "\(lead.touches)", viewer.instant(lead.receivedAt), lead.contactedAt.map(viewer.instant) ?? "",
            view.dealOutcome.map { viewer.text("leads.deal.\($0)") } ?? "",
            view.discardReason.map { viewer.word("leads.reason", $0) } ?? "",
        ])
    }
}

/// Taking a list out, and who has.
struct ExportPage: Sendable {
    let header: PageHeader
    let masked: Action
    let unmasked: Unmasked?
    let table: Table

    /// For whoever may have numbers in full, and says why.
    struct Unmasked: Sendable {
        let action: String
        let kept: [LeadListPage.Kept]
        let reason: Field
    }
}

extension Export {
    func row(_ viewer: Viewer, _ names: [StaffID: String]) -> Table.Row {
        let narrowed = filter.sorted { $0.key < $1.key }.map { "\(viewer.word("exports.filter", $0.key)): \($0.value)" }
        return Table.Row(
            id: id.description,
            href: "/leads/exports",
            [
                .text(names[staffID] ?? viewer.text("common.unknown")),
                .text(narrowed.isEmpty ? viewer.text("common.all") : narrowed.joined(separator: ", ")),
                .text(rows.map { viewer.number($0) } ?? viewer.text("exports.unfinished")),
                .text(viewer.text(isUnmasked ? "exports.in-full" : "exports.masked"), sub: reason),
                .time(viewer.time(beganAt)),
            ]
        )
    }
}
