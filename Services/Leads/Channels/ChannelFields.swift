import Contracts
import Failures
import Web

/// The fields of a channel's form, as they were filled in, with what is wrong beside its field.
struct ChannelFields: Sendable {
    let name: Field
    let about: [Field]
    let costs: [Field]
    let isFaulty: Bool

    /// An empty form, or one that is shown again.
    init(_ viewer: Viewer, _ form: Form? = nil, fault: Rejection? = nil) {
        self.init(Values(form), Words(viewer: viewer, fault: fault))
    }

    /// A channel as it is.
    init(_ viewer: Viewer, _ record: ChannelRecord) {
        self.init(Values(record), Words(viewer: viewer, fault: nil))
    }

    private init(_ values: Values, _ words: Words) {
        name = Field(
            "name",
            words.label("name"),
            value: values.name,
            hint: words.label("name-hint"),
            error: words.error("name"),
            isRequired: true,
            autocomplete: "off"
        )
        about = Self.about(values, words)
        costs = Self.costs(values, words)
        isFaulty = words.fault != nil
    }

    private static func about(_ values: Values, _ words: Words) -> [Field] {
        let viewer = words.viewer
        let kinds = ChannelRules.kinds + (ChannelRules.kinds.contains(values.kind) ? [] : [values.kind])
        return [
            Field("title", words.label("title"), value: values.title, autocomplete: "off"),
            .select(
                "kind",
                words.label("kind"),
                kinds.map { Field.Choice($0, viewer.word("channels.kind", $0), isChosen: $0 == values.kind) },
                hint: words.label("kind-hint"),
                error: words.error("kind"),
                isRequired: true
            ),
            Field(
                "campaign",
                words.label("campaign"),
                value: values.campaign,
                hint: words.label("campaign-hint"),
                autocomplete: "off"
            ),
            .select(
                "active",
                words.label("active"),
                ["yes", "no"].map {
                    Field.Choice($0, viewer.text("channels.active.\($0)"), isChosen: ($0 == "yes") == values.isActive)
                },
                isRequired: true
            ),
        ]
    }

    private static func costs(_ values: Values, _ words: Words) -> [Field] {
        let viewer = words.viewer
        let none = Field.Choice("", viewer.text("channels.basis.none"), isChosen: values.basis.isEmpty)
        let bases = ChannelCost.Basis.allCases.map {
            Field.Choice($0.rawValue, viewer.text("channels.basis.\($0)"), isChosen: values.basis == $0.rawValue)
        }
        return [
            .select("basis", words.label("basis"), [none] + bases),
            Field(
                "amount",
                words.label("amount"),
                value: values.amount,
                error: words.error("amount") ?? words.error("costMinor")
            ),
        ]
    }

    /// What stands in the fields.
    private struct Values {
        let name: String
        let kind: String
        let title: String
        let campaign: String
        let basis: String
        let amount: String
        let isActive: Bool

        init(_ form: Form?) {
            name = form?["name"] ?? ""
            kind = form?["kind"] ?? "website"
            title = form?["title"] ?? ""
            campaign = form?["campaign"] ?? ""
            basis = form?["basis"] ?? ""
            amount = form?["amount"] ?? ""
            isActive = form.map { $0["active"] != "no" } ?? true
        }

        init(_ record: ChannelRecord) {
            name = record.channel.name
            kind = record.channel.kind
            title = record.title ?? ""
            campaign = record.channel.defaultCampaign ?? ""
            basis = record.cost?.basis.rawValue ?? ""
            amount = record.cost.map { AmountText.text($0.amount.minor) } ?? ""
            isActive = record.channel.isActive
        }
    }

    /// What the fields are called, and what is wrong with which.
    private struct Words {
        let viewer: Viewer
        let fault: Rejection?

        func label(_ field: String) -> String { viewer.text("channels.field.\(field)") }
        func error(_ field: String) -> String? { fault?.field == field ? fault.map { viewer.refusal($0) } : nil }
    }

    static func draft(_ form: Form) throws -> ChannelDraft {
        let basis = form.optional("basis")
        return ChannelDraft(
            kind: form["kind"],
            title: form.optional("title"),
            defaultCampaign: form.optional("campaign"),
            costBasis: basis,
            costMinor: basis == nil ? nil : try AmountText.minor(form["amount"], field: "amount"),
            currency: "CNY",
            isActive: form["active"] != "no"
        )
    }
}
