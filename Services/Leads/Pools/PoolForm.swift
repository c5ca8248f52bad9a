import Contracts
import Failures
import Foundation
import Policies
import Web

/// The form in which a pool is added or changed.
struct PoolForm: Sendable {
    let heading: String
    let isOpen: Bool
    /// The pool that is changed; nil for one that is added.
    let name: String?
    let fields: [Field]
    /// What is wrong with none of the fields.
    let error: String?

    /// What somebody has sent, and why it cannot be so.
    struct Refused: Sendable {
        let values: [String: String]
        let isNew: Bool
        let rejection: Rejection

        init(form: Form, isNew: Bool, _ rejection: Rejection) {
            values = Dictionary(PoolForm.names.map { ($0, form[$0]) }) { first, _ in first }
            self.isNew = isNew
            self.rejection = rejection
        }
    }

    private static let kinds = ["claim", "gives-out", "takes-recycled"]
    private static let names = ["name", "title", "team", "kind"] + PoolChanged.Limits.Part.allCases.map(\.rawValue)

    init(
        _ values: [String: String],
        isNew: Bool,
        _ rejection: Rejection?,
        _ teams: [TeamID: String],
        _ policy: ClaimPolicy,
        _ viewer: Viewer
    ) {
        let said = rejection.map { rejection in
            let known = viewer.word("refusal", rejection.code)
            return known == rejection.code ? rejection.message : known
        }
        func error(_ field: String) -> String? { rejection?.field == field ? said : nil }
        func choice(_ field: String, _ value: String, _ label: String) -> Field.Choice {
            Field.Choice(value, label, isChosen: values[field] == value)
        }
        heading = viewer.text(isNew ? "pools.add" : "pools.change")
        isOpen = isNew || rejection != nil
        name = isNew ? nil : values["name"]
        let title = Field(
            "title",
            viewer.text("pools.title-field"),
            value: values["title"] ?? "",
            error: error("title"),
            isRequired: true
        )
        let team = Field.select(
            "team",
            viewer.text("pools.members"),
            [choice("team", "", viewer.text("pools.everybody"))]
                + teams.sorted { $0.value < $1.value }.map { choice("team", $0.key.description, $0.value) }
        )
        let kind = Field.select(
            "kind",
            viewer.text("pools.kind"),
            Self.kinds.map { choice("kind", $0, viewer.text("pools.kind-\($0)")) },
            error: error("takesRecycled"),
            isRequired: true
        )
        let limits = PoolChanged.Limits.Part.allCases.map { part in
            Self.limit(
                part,
                values[part.rawValue] ?? "",
                isWrong: error("limits/\(part.rawValue)") != nil,
                policy,
                viewer
            )
        }
        fields = (isNew ? [Self.name(values, error("name"), viewer)] : []) + [title, team, kind] + limits
        let known = Set(["title", "takesRecycled"] + (isNew ? ["name"] : []))
        let field = rejection?.field ?? ""
        self.error = known.contains(field) || field.hasPrefix("limits/") ? nil : said
    }

    private static func name(_ values: [String: String], _ error: String?, _ viewer: Viewer) -> Field {
        Field(
            "name",
            viewer.text("pools.name"),
            value: values["name"] ?? "",
            hint: viewer.text("pools.name-hint"),
            error: error,
            isRequired: true
        )
    }

    private static func limit(
        _ part: PoolChanged.Limits.Part,
        _ value: String,
        isWrong: Bool,
        _ policy: ClaimPolicy,
        _ viewer: Viewer
    ) -> Field {
        let hint = viewer.text(
            "pools.limit-hint",
            [
                "from": PolicyNumber.text(part.field?.range.lowerBound ?? 0),
                "to": PolicyNumber.text(part.field?.range.upperBound ?? 0),
                "n": PolicyNumber.text(policy.values[part.rawValue] ?? 0),
            ]
        )
        return Field(
            part.rawValue,
            viewer.text("pools.limit.\(part.rawValue)"),
            value: value,
            hint: isWrong ? nil : hint,
            error: isWrong ? hint : nil
        )
    }
}

extension PoolForm {
    /// A pool as the form shows it; a delivered one by its name in the glossary.
    static func values(_ pool: Pool, _ viewer: Viewer) -> [String: String] {
        var values = [
            "name": pool.name, "title": PoolWords.title(pool, viewer), "team": pool.teamID?.description ?? "",
            "kind": pool.takesRecycled ? "takes-recycled" : pool.givesOut ? "gives-out" : "claim",
        ]
        for part in PoolChanged.Limits.Part.allCases { values[part.rawValue] = pool.limits?[part].map(String.init) }
        return values
    }

    /// What a form says; a delivered pool keeps its name in both languages unless it was given another.
    /// - Throws: a ``Rejection`` for a limit that is no number.
    static func pool(_ form: Form, _ viewer: Viewer) throws -> Pool {
        let name = form["name"]
        let title = form["title"]
        var limits = PoolChanged.Limits()
        for part in PoolChanged.Limits.Part.allCases {
            guard let text = form.optional(part.rawValue) else { continue }
            guard let number = Int(text) else {
                throw Rejection.invalid("limits/\(part.rawValue)", "out-of-range", part.field?.bounds ?? "A number.")
            }
            limits[part] = number
        }
        return Pool(
            name: name,
            title: title == viewer.word("pool", name) ? name : title,
            teamID: TeamID(form["team"]),
            givesOut: form["kind"] == "gives-out",
            takesRecycled: form["kind"] == "takes-recycled",
            limits: limits
        )
    }
}
