import Contracts
import Failures
import Foundation
import Messaging
import Web

/// What a person wants, as fields of a lead's page.
struct NeedForm: Sendable {
    let action: String
    /// As it is shown: what somebody leaves alone is not changed, whatever has been heard meanwhile.
    let seen: String
    let fields: [Field]

    /// Those that are offered; any other that was heard is shown beside them.
    static let timeframes = ["1m", "3m", "6m", "12m"]

    init(_ lead: LeadID, _ known: Need?, _ viewer: Viewer) throws {
        let need = known ?? Need()
        action = "/leads/leads/\(lead)/need"
        seen = try Wire.json(of: need)
        func label(_ field: String) -> String { viewer.text("leads.need.\(field)") }
        func text(_ field: String, _ value: String) -> Field { Field(field, label(field), value: value) }
        let frames = Self.timeframes + [need.timeframe].compactMap(\.self).filter { !Self.timeframes.contains($0) }
        let purposes = ["buy", "rent"] + [need.purpose].compactMap(\.self).filter { !["buy", "rent"].contains($0) }
        let open = Field.Choice("", viewer.text("leads.need.open"))
        fields = [
            .select(
                "purpose",
                label("purpose"),
                [open] + purposes.map { Field.Choice($0, viewer.word("purpose", $0), isChosen: $0 == need.purpose) }
            ),
            Field(
                "projects",
                label("projects"),
                value: (need.projects ?? []).map(viewer.project).joined(separator: ", "),
                hint: viewer.text("leads.need.several")
            ),
            text("districts", (need.districts ?? []).joined(separator: ", ")),
            text("layouts", (need.layouts ?? []).joined(separator: ", ")),
            text("budgetMin", need.budget?.min.map(AmountText.text) ?? ""),
            text("budgetMax", need.budget?.max.map(AmountText.text) ?? ""),
            text("areaMin", Self.metres(need.area?.min)),
            text("areaMax", Self.metres(need.area?.max)),
            .select(
                "timeframe",
                label("timeframe"),
                [open] + frames.map { Field.Choice($0, viewer.word("timeframe", $0), isChosen: $0 == need.timeframe) }
            ),
        ]
    }

    /// As it is typed: 89, 89.5.
    private static func metres(_ value: Double?) -> String {
        value.map { $0 == $0.rounded() ? "\(Int64($0))" : "\($0)" } ?? ""
    }
}

extension NeedChange {
    /// What a browser's form says; projects are named as pages show them, or by their keys.
    init(_ form: Form, projects: [String], _ viewer: Viewer) throws {
        guard let seen = try? Wire.decoder.decode(Need.self, from: Data(form["seen"].utf8)) else {
            throw Rejection.invalid("seen", "missing-field", "Load the page again.")
        }
        let known = projects + (seen.projects ?? [])
        let keys = Dictionary(known.map { (viewer.project($0), $0) }) { first, _ in first }
        func list(_ name: String) -> [String]? {
            let parts = form[name].split { ",，、;；\n".contains($0) }
                .map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
            return parts.isEmpty ? nil : parts
        }
        func metres(_ name: String) throws -> Double? {
            guard let text = form.optional(name) else { return nil }
            guard let value = Double(text), value.isFinite else {
                throw Rejection.invalid(name, "not-a-number", "\(name) is a number of square metres.")
            }
            return value
        }
        let amounts = try ["budgetMin", "budgetMax"].map { name in
            try form.optional(name).map { try AmountText.minor($0, field: name) }
        }
        let areas = try (metres("areaMin"), metres("areaMax"))
        let hasBudget = amounts.contains { $0 != nil }
        self.init(
            seen: seen,
            wanted: Need(
                purpose: form.optional("purpose"),
                projects: list("projects")?.map { keys[$0] ?? $0 },
                districts: list("districts"),
                layouts: list("layouts"),
                budget: hasBudget
                    ? MoneyRange(min: amounts[0], max: amounts[1], currency: seen.budget.map(\.currency) ?? "CNY")
                    : nil,
                area: areas.0 == nil && areas.1 == nil ? nil : AreaRange(min: areas.0, max: areas.1),
                timeframe: form.optional("timeframe")
            )
        )
    }
}
