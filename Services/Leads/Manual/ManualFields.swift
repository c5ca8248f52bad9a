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

    init(_ viewer: Viewer, _ channels: [ChannelRecord], entry: ManualEntry?, fault: Rejection?) {
        let words = Words(viewer: viewer, fault: fault)
        person = Self.person(words, entry)
        need = Self.need(words, entry)
        source = Self.source(words, channels, entry)
        self.fault = words.isBeside ? nil : fault.map { viewer.refusal($0) }
        isFaulty = fault != nil
    }

    private static func person(_ words: Words, _ entry: ManualEntry?) -> [Field] {
        [
            Field("name", words.label("name"), value: entry?.name ?? "", autocomplete: "off"),
            Field(
                "phone",
                words.label("phone"),
                value: entry?.phone ?? "",
                type: "tel",
                error: words.error("person/phones") ?? words.unreachable,
                autocomplete: "off"
            ),
            Field(
                "email",
                words.label("email"),
                value: entry?.email ?? "",
                type: "email",
                error: words.error("person/emails"),
                autocomplete: "off"
            ),
            Field(
                "wechat",
                words.label("wechat"),
                value: entry?.wechat ?? "",
                error: words.error("person/wechat"),
                autocomplete: "off"
            ),
        ]
    }

    private static func need(_ words: Words, _ entry: ManualEntry?) -> [Field] {
        let viewer = words.viewer
        let open = Field.Choice("", viewer.text("manual.timeframe-open"))
        return [
            Field("project", words.label("project"), value: entry?.project ?? "", autocomplete: "off"),
            Field("budget", words.label("budget"), value: entry?.budget ?? "", hint: viewer.text("manual.budget-hint")),
            .select(
                "timeframe",
                words.label("timeframe"),
                [open]
                    + NeedForm.timeframes.map {
                        Field.Choice($0, viewer.word("timeframe", $0), isChosen: entry?.timeframe == $0)
                    }
            ),
            .area("message", words.label("message"), value: entry?.message ?? ""),
        ]
    }

    private static func source(_ words: Words, _ channels: [ChannelRecord], _ entry: ManualEntry?) -> [Field] {
        let chosen = entry?.channel ?? "manual"
        return [
            .select(
                "channel",
                words.label("channel"),
                channels.map {
                    Field.Choice($0.channel.name, $0.label(words.viewer), isChosen: $0.channel.name == chosen)
                },
                error: words.error("channel"),
                isRequired: true
            ),
            Field("campaign", words.label("campaign"), value: entry?.campaign ?? "", autocomplete: "off"),
        ]
    }

    /// What the form's fields are called, and what is wrong with which.
    private struct Words {
        let viewer: Viewer
        let fault: Rejection?

        /// That nobody could be reached so: said beside the telephone.
        var unreachable: String? { fault?.code == "unreachable" ? fault.map { viewer.refusal($0) } : nil }
        /// Whether what is wrong stands beside a field.
        var isBeside: Bool { (error("person/") ?? error("channel") ?? unreachable) != nil }

        func label(_ field: String) -> String { viewer.text("manual.field.\(field)") }

        func error(_ prefix: String) -> String? {
            guard let fault, fault.field?.hasPrefix(prefix) == true else { return nil }
            return viewer.refusal(fault)
        }
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
