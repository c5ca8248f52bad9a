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
        self.init(
            viewer,
            name: form?["name"] ?? "",
            kind: form?["kind"] ?? "website",
            title: form?["title"] ?? "",
            campaign: form?["campaign"] ?? "",
            basis: form?["basis"] ?? "",
            amount: form?["amount"] ?? "",
            isActive: form.map { $0["active"] != "no" } ?? true,
            fault: fault
        )
    }

    /// A channel as it is.
    init(_ viewer: Viewer, _ record: ChannelRecord) {
        self.init(
            viewer,
            name: record.channel.name,
            kind: record.channel.kind,
            title: record.title ?? "",
            campaign: record.channel.defaultCampaign ?? "",
            basis: record.cost?.basis.rawValue ?? "",
            amount: record.cost.map { AmountText.text($0.amount.minor) } ?? "",
            isActive: record.channel.isActive,
            fault: nil
        )
    }

    private init(
        _ viewer: Viewer,
        name: String,
        kind: String,
        title: String,
        campaign: String,
        basis: String,
        amount: String,
        isActive: Bool,
        fault: Rejection?
    ) {
        func error(_ field: String) -> String? { fault?.field == field ? fault.map { viewer.refusal($0) } : nil }
        func label(_ field: String) -> String { viewer.text("channels.field.\(field)") }
        let kinds = ChannelRules.kinds + (ChannelRules.kinds.contains(kind) ? [] : [kind])
        self.name = Field(
            "name",
            label("name"),
            value: name,
            hint: viewer.text("channels.field.name-hint"),
            error: error("name"),
            isRequired: true,
            autocomplete: "off"
        )
        about = [
            Field("title", label("title"), value: title, autocomplete: "off"),
            .select(
                "kind",
                label("kind"),
                kinds.map { Field.Choice($0, viewer.word("channels.kind", $0), isChosen: $0 == kind) },
                hint: viewer.text("channels.field.kind-hint"),
                error: error("kind"),
                isRequired: true
            ),
            Field(
                "campaign",
                label("campaign"),
                value: campaign,
                hint: viewer.text("channels.field.campaign-hint"),
                autocomplete: "off"
            ),
            .select(
                "active",
                label("active"),
                ["yes", "no"].map {
                    Field.Choice($0, viewer.text("channels.active.\($0)"), isChosen: ($0 == "yes") == isActive)
                },
                isRequired: true
            ),
        ]
        costs = [
            .select(
                "basis",
                label("basis"),
                [Field.Choice("", viewer.text("channels.basis.none"), isChosen: basis.isEmpty)]
                    + ChannelCost.Basis.allCases.map {
                        Field.Choice($0.rawValue, viewer.text("channels.basis.\($0)"), isChosen: basis == $0.rawValue)
                    }
            ),
            Field("amount", label("amount"), value: amount, error: error("amount") ?? error("costMinor")),
        ]
        isFaulty = fault != nil
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

extension Viewer {
    /// Why something was refused, in the viewer's words where the glossary has them.
    func refusal(_ rejection: Rejection) -> String {
        let word = word("refusal", rejection.code)
        return word == rejection.code ? rejection.message : word
    }
}
