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
}

extension AdapterFields {
    func page(of channel: String, _ viewer: Viewer) -> AdapterPage {
        let words = Words(viewer: viewer, fault: fault)
        return AdapterPage(
            header: PageHeader(viewer.text("adapter.title"), sub: channel),
            action: "/leads/channels/\(channel)/adapter",
            address: "/leads/api/v1/hooks/\(channel)",
            platform: words.choice(
                of: AdapterSettings.Platform.allCases.map(\.rawValue),
                "platform",
                platform.rawValue
            ),
            signature: signatureFields(words),
            access: accessFields(words),
            mapping: [
                words.field("items", items),
                words.area("fields", mapping, isRequired: true),
            ],
            form: [
                words.field("honeypot", honeypot),
                words.area("origins", origins),
            ],
            targets: FieldTarget.paths.joined(separator: ", ") + ", attributes/…",
            payload: .area("payload", words.label("payload"), value: payload),
            contentType: words.choice(
                of: ["json", "form"],
                "type",
                contentType.hasSuffix("urlencoded") ? "form" : "json"
            ),
            verdicts: verdicts,
            fault: words.isBeside ? nil : fault.map { viewer.refusal($0) }
        )
    }

    /// How the platform shows that it is the platform.
    private func signatureFields(_ words: Words) -> [Field] {
        [
            words.choice(of: SignatureRule.Kind.allCases.map(\.rawValue), "signature", kind),
            Field("header", words.label("header"), value: header, error: words.error("header"), autocomplete: "off"),
            Field("prefix", words.label("prefix"), value: prefix, autocomplete: "off"),
            words.secret("secret", hint: has.secret ? "secret-kept" : "secret"),
            words.secret("verify", hint: "verify"),
        ]
    }

    /// What the platform gives leads out for.
    private func accessFields(_ words: Words) -> [Field] {
        [words.secret("token", hint: has.token ? "secret-kept" : "token"), words.field("tokenFile", tokenFile)]
    }

    /// What the glossary says of the form's fields, and what is wrong with which.
    private struct Words {
        let viewer: Viewer
        let fault: Rejection?

        /// Whether what is wrong stands beside a field; it stands above all of them otherwise.
        var isBeside: Bool {
            ["fields", "header", "secret", "origins", "token", "tokenFile"].contains(fault?.field)
        }

        func label(_ name: String) -> String { viewer.text("adapter.field.\(name)") }
        func hint(_ name: String) -> String { viewer.text("adapter.hint.\(name)") }

        func error(_ name: String) -> String? {
            isBeside && fault?.field == name ? fault.map { viewer.refusal($0) } : nil
        }

        func field(_ name: String, _ value: String) -> Field {
            Field(name, label(name), value: value, hint: hint(name), error: error(name), autocomplete: "off")
        }

        func area(_ name: String, _ value: String, isRequired: Bool = false) -> Field {
            .area(name, label(name), value: value, hint: hint(name), error: error(name), isRequired: isRequired)
        }

        /// What is written and never shown.
        func secret(_ name: String, hint key: String) -> Field {
            Field(
                name,
                label(name),
                type: "password",
                hint: hint(key),
                error: error(name),
                autocomplete: "new-password"
            )
        }

        func choice(of values: [String], _ name: String, _ chosen: String) -> Field {
            .select(
                name,
                label(name),
                values.map { Field.Choice($0, viewer.text("adapter.\(name).\($0)"), isChosen: $0 == chosen) },
                isRequired: true
            )
        }
    }
}
