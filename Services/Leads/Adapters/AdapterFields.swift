import Failures
import Foundation
import Web

/// The fields of an adapter's form, as they are stored or were filled in.
struct AdapterFields: Sendable {
    private let platform: AdapterSettings.Platform
    private let kind: String
    private let header: String
    private let prefix: String
    private let items: String
    private let mapping: String
    private let honeypot: String
    private let origins: String
    private let tokenFile: String
    private let has: Kept
    let payload: String
    let contentType: String
    var verdicts: [AdapterVerdict] = []
    var fault: Rejection?

    /// Which secrets are stored already.
    struct Kept: Sendable {
        let secret: Bool
        let token: Bool

        init(_ stored: StoredAdapter?) {
            secret = stored?.secret != nil
            token = stored?.accessToken != nil
        }
    }

    init(_ settings: AdapterSettings, payload: String, _ has: Kept) {
        platform = settings.platform
        kind = settings.signature.kind.rawValue
        header = settings.signature.header ?? ""
        prefix = settings.signature.prefix ?? ""
        items = settings.items
        mapping = settings.fields.text
        honeypot = settings.honeypot ?? ""
        origins = settings.origins.joined(separator: "\n")
        tokenFile = settings.tokenFile ?? ""
        self.has = has
        self.payload = payload
        contentType = "application/json"
    }

    init(_ form: Form, _ platform: AdapterSettings.Platform, _ has: Kept) {
        self.platform = platform
        kind = form["signature"]
        header = form["header"]
        prefix = form["prefix"]
        items = form["items"]
        mapping = form["fields"]
        honeypot = form["honeypot"]
        origins = form["origins"]
        tokenFile = form["tokenFile"]
        self.has = has
        payload = form["payload"]
        contentType = form["type"] == "form" ? "application/x-www-form-urlencoded" : "application/json"
    }

    func settings() throws -> AdapterSettings {
        try AdapterSettings(
            platform: platform,
            signature: SignatureRule(
                kind: SignatureRule.Kind(rawValue: kind) ?? .key,
                header: header.isEmpty ? nil : header,
                prefix: prefix.isEmpty ? nil : prefix
            ),
            items: items.split(separator: "/").joined(separator: "/"),
            fields: [FieldRule](text: mapping),
            honeypot: honeypot.isEmpty ? nil : honeypot,
            origins: origins.split(whereSeparator: \.isWhitespace).map(String.init),
            tokenFile: tokenFile.isEmpty ? nil : tokenFile
        ).checked()
    }

    func page(of channel: String, _ viewer: Viewer) -> AdapterPage {
        func label(_ key: String) -> String { viewer.text("adapter.field.\(key)") }
        func hint(_ key: String) -> String { viewer.text("adapter.hint.\(key)") }
        func error(_ field: String) -> String? { fault?.field == field ? fault.map { viewer.refusal($0) } : nil }
        let known = ["fields", "header", "secret", "origins", "token", "tokenFile"]
        return AdapterPage(
            header: PageHeader(viewer.text("adapter.title"), sub: channel),
            action: "/leads/channels/\(channel)/adapter",
            address: "/leads/api/v1/hooks/\(channel)",
            platform: .select(
                "platform",
                label("platform"),
                AdapterSettings.Platform.allCases.map {
                    Field.Choice($0.rawValue, viewer.text("adapter.platform.\($0.rawValue)"), isChosen: $0 == platform)
                },
                isRequired: true
            ),
            signature: [
                .select(
                    "signature",
                    label("signature"),
                    SignatureRule.Kind.allCases.map {
                        Field.Choice(
                            $0.rawValue,
                            viewer.text("adapter.signature.\($0.rawValue)"),
                            isChosen: $0.rawValue == kind
                        )
                    },
                    isRequired: true
                ),
                Field("header", label("header"), value: header, error: error("header"), autocomplete: "off"),
                Field("prefix", label("prefix"), value: prefix, autocomplete: "off"),
                Field(
                    "secret",
                    label("secret"),
                    type: "password",
                    hint: hint(has.secret ? "secret-kept" : "secret"),
                    error: error("secret"),
                    autocomplete: "new-password"
                ),
                Field("verify", label("verify"), type: "password", hint: hint("verify"), autocomplete: "new-password"),
            ],
            access: [
                Field(
                    "token",
                    label("token"),
                    type: "password",
                    hint: hint(has.token ? "secret-kept" : "token"),
                    error: error("token"),
                    autocomplete: "new-password"
                ),
                Field(
                    "tokenFile",
                    label("tokenFile"),
                    value: tokenFile,
                    hint: hint("tokenFile"),
                    error: error("tokenFile"),
                    autocomplete: "off"
                ),
            ],
            mapping: [
                Field("items", label("items"), value: items, hint: hint("items"), autocomplete: "off"),
                .area(
                    "fields",
                    label("fields"),
                    value: mapping,
                    hint: hint("fields"),
                    error: error("fields"),
                    isRequired: true
                ),
            ],
            form: [
                Field("honeypot", label("honeypot"), value: honeypot, hint: hint("honeypot"), autocomplete: "off"),
                .area("origins", label("origins"), value: origins, hint: hint("origins"), error: error("origins")),
            ],
            targets: FieldTarget.paths.joined(separator: ", ") + ", attributes/…",
            payload: .area("payload", label("payload"), value: payload),
            contentType: .select(
                "type",
                label("type"),
                ["json", "form"].map {
                    Field.Choice(
                        $0,
                        viewer.text("adapter.type.\($0)"),
                        isChosen: ($0 == "form") == contentType.hasSuffix("urlencoded")
                    )
                },
                isRequired: true
            ),
            verdicts: verdicts,
            fault: fault.flatMap { known.contains($0.field ?? "") ? nil : viewer.refusal($0) }
        )
    }
}
