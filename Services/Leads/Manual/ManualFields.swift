import Failures
import Web

/// The fields of a lead that is entered by hand, with what is wrong beside its field.
struct ManualFields: Sendable {
    let person: [Field]
    let need: [Field]
    let source: [Field]
    /// What is wrong and belongs to no field.
    let fault: String?
    let isFaulty: Bool

    private static let timeframes = ["1m", "3m", "6m", "12m"]

    init(_ viewer: Viewer, _ channels: [ChannelRecord], entry: ManualEntry?, fault: Rejection?) {
        func label(_ field: String) -> String { viewer.text("manual.field.\(field)") }
        func error(_ prefix: String) -> String? {
            guard let fault, fault.field?.hasPrefix(prefix) == true else { return nil }
            return viewer.refusal(fault)
        }
        let unreachable = fault?.code == "unreachable" ? fault.map { viewer.refusal($0) } : nil
        person = [
            Field("name", label("name"), value: entry?.name ?? "", autocomplete: "off"),
            Field(
                "phone",
                label("phone"),
                value: entry?.phone ?? "",
                type: "tel",
                error: error("person/phones") ?? unreachable,
                autocomplete: "off"
            ),
            Field(
                "email",
                label("email"),
                value: entry?.email ?? "",
                type: "email",
                error: error("person/emails"),
                autocomplete: "off"
            ),
            Field(
                "wechat",
                label("wechat"),
                value: entry?.wechat ?? "",
                error: error("person/wechat"),
                autocomplete: "off"
            ),
        ]
        need = [
            Field("project", label("project"), value: entry?.project ?? "", autocomplete: "off"),
            Field("budget", label("budget"), value: entry?.budget ?? "", hint: viewer.text("manual.budget-hint")),
            .select(
                "timeframe",
                label("timeframe"),
                [Field.Choice("", viewer.text("manual.timeframe-open"))]
                    + ManualFields.timeframes.map {
                        Field.Choice($0, viewer.word("timeframe", $0), isChosen: entry?.timeframe == $0)
                    }
            ),
            .area("message", label("message"), value: entry?.message ?? ""),
        ]
        source = [
            .select(
                "channel",
                label("channel"),
                channels.map { record in
                    let name = record.channel.name
                    return Field.Choice(name, record.label(viewer), isChosen: name == (entry?.channel ?? "manual"))
                },
                error: error("channel"),
                isRequired: true
            ),
            Field("campaign", label("campaign"), value: entry?.campaign ?? "", autocomplete: "off"),
        ]
        let shown = [error("person/"), error("channel"), unreachable].compactMap { $0 }
        self.fault = shown.isEmpty ? fault.map { viewer.refusal($0) } : nil
        isFaulty = fault != nil
    }
}

extension ManualEntry {
    init(_ form: Form) {
        self.init(
            channel: form.optional("channel") ?? "manual",
            campaign: form.optional("campaign"),
            name: form.optional("name"),
            phone: form.optional("phone"),
            email: form.optional("email"),
            wechat: form.optional("wechat"),
            project: form.optional("project"),
            budget: form.optional("budget"),
            timeframe: form.optional("timeframe"),
            message: form.optional("message")
        )
    }
}
