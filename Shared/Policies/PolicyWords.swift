import Contracts
import Failures
import Foundation
import Messaging
import Web

/// Policies in the viewer's words.
struct PolicyWords: Sendable {
    let catalogue: PolicyCatalogue
    /// Where the settings are: `/leads/settings`.
    let home: String
    let viewer: Viewer
    let names: [StaffID: String]

    func title(_ policy: String) -> String { viewer.text("policy.\(policy).title") }

    func version(_ version: Int) -> String { viewer.text("settings.version", ["version": "\(version)"]) }

    func summary(_ policy: PolicyDescription, _ present: Versioned<[String: Double]>) -> SettingsPage.Summary {
        SettingsPage.Summary(
            name: title(policy.name),
            version: version(present.version),
            facts: facts(policy, present.value),
            href: "\(home)/\(policy.name)"
        )
    }

    func facts(_ policy: PolicyDescription, _ values: [String: Double]) -> [Fact] {
        policy.fields.map { Fact(label(policy.name, $0.name), shown(values[$0.name] ?? 0, $0.unit)) }
    }

    func form(
        _ policy: PolicyDescription,
        _ present: Versioned<[String: Double]>,
        refused: (form: Web.Form, rejection: Rejection)?
    ) -> PolicyPage.Form {
        let rejection = refused?.rejection
        let fields = policy.fields.map { field in
            let isAtFault = rejection?.field == "values/\(field.name)"
            let value =
                refused?.form.optional(field.name) ?? PolicyNumber.text(present.value[field.name] ?? 0, field.unit)
            return self.field(policy.name, field, value, error: isAtFault ? rejection.map(viewer.refusal) : nil)
        }
        let isElsewhere = !policy.fields.contains { rejection?.field == "values/\($0.name)" }
        return PolicyPage.Form(
            action: "\(home)/\(policy.name)",
            version: "\(present.version)",
            fields: fields,
            note: Field(
                "note",
                viewer.text("settings.note"),
                value: refused?.form["note"] ?? "",
                hint: viewer.text("settings.note-hint")
            ),
            error: isElsewhere ? rejection.map(viewer.refusal) : nil
        )
    }

    private func field(_ policy: String, _ field: PolicyDescription.Field, _ value: String, error: String?) -> Field {
        let label = label(policy, field.name)
        if field.unit == .flag {
            let choices = ["1", "0"].map {
                Field.Choice($0, viewer.text($0 == "1" ? "settings.yes" : "settings.no"), isChosen: $0 == value)
            }
            return .select(field.name, label, choices, isRequired: true)
        }
        if field.unit == .timeOfDay {
            return Field(field.name, label, value: value, type: "time", error: error, isRequired: true)
        }
        let bounds = viewer.text(
            "settings.bounds",
            [
                "from": PolicyNumber.text(field.range.lowerBound), "to": PolicyNumber.text(field.range.upperBound),
                "unit": word(field.unit) ?? "",
            ]
        )
        return Field(field.name, label, value: value, type: "text", hint: bounds, error: error, isRequired: true)
    }

    /// Who has changed what, newest first.
    func table(_ changes: [PolicyStore.Entry]) -> Table {
        Table(
            viewer.text("settings.history"),
            ["policy", "version", "what", "who", "when"].map { Table.Column(viewer.text("settings.column.\($0)")) },
            changes.enumerated().map { index, entry in row(entry, before: before(entry, in: changes[(index + 1)...])) },
            empty: Empty(viewer.text("settings.empty.heading"), viewer.text("settings.empty.text"))
        )
    }

    /// The numbers that an entry took the place of.
    private func before(_ entry: PolicyStore.Entry, in older: ArraySlice<PolicyStore.Entry>) -> [String: Double]? {
        if entry.version == 2 { return try? catalogue.named(entry.policy).standard }
        return older.first { $0.policy == entry.policy }?.values
    }

    private func row(_ entry: PolicyStore.Entry, before: [String: Double]?) -> Table.Row {
        let who = Cause(actor: entry.changedBy).staffID.flatMap { names[$0] } ?? viewer.text("settings.system")
        return Table.Row(
            id: "\(entry.policy)-\(entry.version)",
            href: "\(home)/\(entry.policy)",
            [
                .text(title(entry.policy)), .text("\(entry.version)"),
                .text(changed(entry, from: before), sub: entry.note), .text(who),
                .time(viewer.time(entry.changedAt)),
            ]
        )
    }

    private func changed(_ entry: PolicyStore.Entry, from before: [String: Double]?) -> String {
        let fields = (try? catalogue.named(entry.policy).fields) ?? []
        let changes = fields.compactMap { field -> String? in
            guard let value = entry.values[field.name], before?[field.name] != value else { return nil }
            let earlier = before?[field.name].map { "\(PolicyNumber.text($0, field.unit)) → " } ?? ""
            return "\(label(entry.policy, field.name)): \(earlier)\(shown(value, field.unit))"
        }
        return changes.isEmpty ? "–" : changes.joined(separator: viewer.text("why.comma"))
    }

    private func label(_ policy: String, _ field: String) -> String { viewer.text("policy.\(policy).\(field)") }

    private func shown(_ value: Double, _ unit: PolicyUnit) -> String {
        if unit == .flag { return viewer.text(value == 0 ? "settings.no" : "settings.yes") }
        return [PolicyNumber.text(value, unit), word(unit)].compactMap { $0 }.joined(separator: " ")
    }

    /// What is counted, where that does not go without saying.
    private func word(_ unit: PolicyUnit) -> String? {
        [.count, .flag, .timeOfDay].contains(unit) ? nil : viewer.text("policy.unit.\(unit.rawValue)")
    }
}
