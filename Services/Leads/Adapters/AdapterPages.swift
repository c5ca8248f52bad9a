import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// What a platform posts, and what it means; and what a pasted payload would come to.
struct AdapterPage: Sendable {
    let header: PageHeader
    let action: String
    let address: String
    let platform: Field
    let signature: [Field]
    /// What the platform gives leads out for.
    let access: [Field]
    let mapping: [Field]
    let form: [Field]
    let targets: String
    let payload: Field
    let contentType: Field
    let verdicts: [AdapterVerdict]
    let fault: String?
}

/// What one lead of a pasted payload would come to.
struct AdapterVerdict: Sendable {
    let badge: Badge
    let text: String
    let facts: [Fact]
}

struct AdapterPages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("channels/:channel/adapter") { _, context in try await show(context) }
        group.post("channels/:channel/adapter") { request, context in try await post(request, context) }
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: ChannelPages.editors)
        let stored = try await stored(context)
        let settings = stored?.settings ?? .preset(.form)
        return try page(AdapterFields(settings, payload: settings.sample, .init(stored)), context)
    }

    /// One form with three buttons: try it, take a platform's preset, save.
    private func post(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try context.requireRole(oneOf: ChannelPages.editors)
        let name = try context.parameter("channel")
        let viewer = pages.viewer(context)
        let form = try await request.form(context)
        let has = AdapterFields.Kept(try await stored(context))
        let platform = AdapterSettings.Platform(rawValue: form["platform"]) ?? .form
        if form["do"] == "preset" {
            let preset = AdapterSettings.preset(platform)
            return try page(AdapterFields(preset, payload: preset.sample, has), context)
        }
        var fields = AdapterFields(form, platform, has)
        do {
            let settings = try fields.settings()
            guard form["do"] == "save" else {
                fields.verdicts = verdicts(settings, fields, name, viewer)
                return try page(fields, context)
            }
            let draft = AdapterDraft(
                settings: settings,
                secret: form.optional("secret"),
                verifyToken: form.optional("verify"),
                accessToken: form.optional("token")
            )
            try await app.spine.perform(who.cause(context)) { work in
                try await app.saveAdapter(draft, of: name, work)
            }
        } catch let rejection as Rejection where rejection.field != nil {
            fields.fault = rejection
            return try page(fields, context)
        }
        return .seeOther("/leads/channels/\(name)/adapter", flash: Flash(.done, viewer.text("adapter.saved")))
    }

    private func verdicts(
        _ settings: AdapterSettings,
        _ fields: AdapterFields,
        _ channel: String,
        _ viewer: Viewer
    ) -> [AdapterVerdict] {
        let reader = AdapterReader(channel: channel, settings: settings, zone: viewer.zone, now: viewer.now)
        return reader.read(Array(fields.payload.utf8), contentType: fields.contentType).map { $0.verdict(viewer) }
    }

    private func stored(_ context: WebContext) async throws -> StoredAdapter? {
        let name = try context.parameter("channel")
        return try await app.spine.read { tx in
            guard try await ChannelStore(tx).find(name) != nil else { throw Rejection.notFound("channel", name) }
            return try await AdapterStore(tx).find(name)
        }
    }

    private func page(_ fields: AdapterFields, _ context: WebContext) throws -> Response {
        let name = try context.parameter("channel")
        let viewer = pages.viewer(context)
        return try pages.page(
            "adapter",
            fields.page(of: name, viewer),
            .init(
                title: viewer.text("adapter.title"),
                section: .leads,
                crumbs: [
                    Crumb(viewer.text("leads.title"), "/leads/leads"),
                    Crumb(viewer.text("channels.title"), "/leads/channels"), Crumb(name, "/leads/channels/\(name)"),
                ]
            ),
            status: fields.fault == nil ? .ok : .unprocessableContent,
            for: context
        )
    }
}

extension AdaptedLead {
    fileprivate func verdict(_ viewer: Viewer) -> AdapterVerdict {
        switch reading {
        case .failure where isToFetch:
            AdapterVerdict(
                badge: Badge(viewer.text("adapter.to-fetch"), .good),
                text: viewer.text("adapter.to-fetch-text"),
                facts: facts(viewer)
            )
        case .failure(let rejection):
            AdapterVerdict(
                badge: Badge(viewer.text("adapter.rejected"), .bad),
                text: "\(rejection.field ?? "body"): \(viewer.refusal(rejection))",
                facts: facts(viewer)
            )
        case .success(let enquiry):
            AdapterVerdict(
                badge: Badge(viewer.text("adapter.understood"), .good),
                text: enquiry.notes.map { "\($0.field): \(viewer.word("ledger.reason", $0.code))" }
                    .joined(separator: ", "),
                facts: facts(viewer)
            )
        }
    }

    /// What was understood, in the words of the intake contract.
    private func facts(_ viewer: Viewer) -> [Fact] {
        guard let submission, let json = try? Wire.json(of: submission),
            let payload = try? Payload(Array(json.utf8), contentType: nil)
        else { return [] }
        return payload.texts.sorted { $0.key < $1.key }.map { Fact($0.key, $0.value.joined(separator: ", ")) }
    }
}
