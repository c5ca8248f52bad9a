import Contracts
import Failures
import Messaging

/// What the console or a program says of a channel's adapter.
struct AdapterDraft: Sendable {
    var settings: AdapterSettings
    /// Nil leaves what is stored as it is.
    var secret: String?
    var verifyToken: String?
    /// What the platform gives leads out for; nil leaves what is stored.
    var accessToken: String?
}

/// Keeps how what a platform posts is read, and writes down who changed it.
struct SaveAdapter: Sendable {
    func callAsFunction(_ draft: AdapterDraft, of channel: String, _ work: Work) async throws {
        guard try await ChannelStore(work.tx).find(channel) != nil else { throw Rejection.notFound("channel", channel) }
        let settings = try draft.settings.checked()
        let before = try await AdapterStore(work.tx).find(channel)
        let needsSecret = settings.signature.kind == .hmac || settings.signature.kind == .sorted
        if let token = draft.accessToken, !AccessTokens.isToken(token) {
            throw Rejection.invalid("token", "not-a-token", "token has neither white space nor other than ASCII in it.")
        }
        guard !needsSecret || draft.secret != nil || before?.secret != nil else {
            throw Rejection.invalid("secret", "secret-missing", "secret is what the platform signs with.")
        }
        let version = try await AdapterStore(work.tx).save(
            settings,
            secret: draft.secret,
            verifyToken: draft.verifyToken,
            accessToken: draft.accessToken,
            of: channel,
            at: work.now
        )
        try await ChannelRecordStore(work.tx).note(
            "adapter-changed",
            ["platform": settings.platform.rawValue, "version": "\(version)"],
            of: channel,
            by: work.cause.actor,
            at: work.now
        )
    }
}

extension AdapterSettings {
    /// - Throws: a ``Rejection`` for what no lead could come through with.
    func checked() throws -> AdapterSettings {
        guard !fields.isEmpty else {
            throw Rejection.invalid("fields", "nothing-mapped", "At least one way to reach the person is mapped.")
        }
        let ways = ["person/phones", "person/emails", "person/wechat"]
        guard fields.contains(where: { ways.contains($0.to) }) else {
            throw Rejection.invalid(
                "fields",
                "unreachable-mapping",
                "Some field is mapped to person/phones, person/emails or person/wechat."
            )
        }
        if let rule = fields.first(where: { FieldTarget($0.to) == nil }) {
            throw Rejection.invalid("fields", "unknown-target", "There is no field \(rule.to).")
        }
        if signature.kind == .hmac, signature.header?.wholeMatch(of: /[A-Za-z0-9-]{1,64}/) == nil {
            throw Rejection.invalid("header", "not-a-header", "header is the name of the header with the signature.")
        }
        if let file = tokenFile, !AccessTokens.isName(file) {
            throw Rejection.invalid(
                "tokenFile",
                "not-a-file-name",
                "tokenFile is small letters, digits, hyphens and underscores, at most 64."
            )
        }
        let isOrigin = { (text: String) in text.wholeMatch(of: /https?:\/\/[A-Za-z0-9.-]+(:[0-9]+)?/) != nil }
        if let wrong = origins.first(where: { !isOrigin($0) }) {
            throw Rejection.invalid(
                "origins",
                "not-an-origin",
                "\(wrong) is no origin such as https://www.example.com."
            )
        }
        return self
    }
}
