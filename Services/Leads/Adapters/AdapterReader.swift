import Contracts
import Failures
import Foundation

/// One lead of what a platform posted: understood, or what is wrong with it.
struct AdaptedLead: Sendable {
    let externalID: String?
    /// As the intake contract says it, as far as it could be made.
    let submission: SubmitLead?
    let reading: Result<Enquiry, Rejection>
    /// What was posted of it.
    var item = Payload.nothing

    /// The platform told the lead's id alone: it is to be fetched.
    var isToFetch: Bool { rejection?.code == AdapterReader.idsOnlyCode && externalID != nil }

    var rejection: Rejection? {
        guard case .failure(let rejection) = reading else { return nil }
        return rejection
    }
}

/// Turns what a platform posts into what the intake contract says.
///
/// Pure: bytes, settings and a time in, enquiries or rejections out.
struct AdapterReader: Sendable {
    let channel: String
    let settings: AdapterSettings
    let zone: TimeZone
    let now: Date

    /// At most so many leads are taken from one post.
    private static let limit = 100

    /// Every lead in it; at least one, so that nothing that was posted goes without a row.
    func read(_ body: [UInt8], contentType: String?) -> [AdaptedLead] {
        do {
            let payload = try Payload(body, contentType: contentType)
            let items = payload.parts(at: settings.items).filter { $0 != .nothing }
            guard !items.isEmpty else {
                let place = settings.items.isEmpty ? "body" : settings.items
                throw Rejection.invalid(place, "no-lead-in-payload", "There is no lead at \(place).")
            }
            guard items.count <= AdapterReader.limit else {
                throw Rejection.invalid("body", "too-many-leads", "A post has at most \(AdapterReader.limit) leads.")
            }
            let whole = payload.texts
            return items.map { item in
                var read = lead(item.texts, whole)
                read.item = item
                return read
            }
        } catch {
            let rejection = error as? Rejection ?? .invalid("body", "malformed-json", "The body cannot be read.")
            return [AdaptedLead(externalID: nil, submission: nil, reading: .failure(rejection))]
        }
    }

    /// One lead, as it was posted and fetched.
    func readFetched(_ lead: Payload) -> AdaptedLead {
        let texts = lead.texts
        return self.lead(texts, texts, isWhole: true)
    }

    private func lead(
        _ texts: [String: [String]],
        _ whole: [String: [String]],
        isWhole: Bool = false
    ) -> AdaptedLead {
        var submission = SubmitLead(channel: channel, person: .init())
        for rule in settings.fields {
            guard let target = FieldTarget(rule.to) else { continue }
            let isOfWhole = rule.from.hasPrefix("/")
            let found = isOfWhole ? whole[String(rule.from.dropFirst())] : texts[rule.from]
            submission.note(found ?? [], as: target, zone: zone)
        }
        let externalID = (try? EnquiryReader.externalID(submission.externalId)) ?? nil
        do {
            try checkHoneypot(texts)
            if !isWhole { try checkFetched(texts, submission) }
            let enquiry = try EnquiryReader.read(submission, now: now)
            return AdaptedLead(externalID: externalID, submission: submission, reading: .success(enquiry))
        } catch {
            let rejection = error as? Rejection ?? .invalid("body", "malformed-value", "The lead cannot be read.")
            return AdaptedLead(externalID: externalID, submission: submission, reading: .failure(named(rejection)))
        }
    }

    private func checkHoneypot(_ texts: [String: [String]]) throws {
        guard let trap = settings.honeypot, !trap.isEmpty, texts[trap] != nil else { return }
        throw Rejection.invalid(trap, AdapterReader.honeypotCode, "Only programs fill in this field.")
    }

    static let honeypotCode = "honeypot"

    static let idsOnlyCode = "meta-ids-only"

    /// Meta tells of a lead by its id; what the person wrote is fetched with the page's access token.
    private func checkFetched(_ texts: [String: [String]], _ submission: SubmitLead) throws {
        let hasFields = texts.keys.contains { $0.hasPrefix("field_data") }
        guard settings.platform == .meta, submission.externalId != nil, !hasFields else { return }
        throw Rejection.invalid(
            "field_data",
            AdapterReader.idsOnlyCode,
            "Meta sent the lead's id only: its fields are fetched from the Graph API with the page's access token."
        )
    }

    /// Says the platform's field instead of ours.
    private func named(_ rejection: Rejection) -> Rejection {
        guard let field = rejection.field else { return rejection }
        if rejection.code == "unreachable" {
            let ways = ["person/phones", "person/emails", "person/wechat"]
            let looked = settings.fields.filter { ways.contains($0.to) }.map(\.from)
            let message = "None of \(looked.joined(separator: ", ")) says how to reach the person."
            return .invalid(looked.first ?? field, rejection.code, looked.isEmpty ? rejection.message : message)
        }
        let rule = settings.fields.first { field == $0.to || field.hasPrefix($0.to + "/") }
        return Rejection(rejection.kind, rejection.code, rejection.message, field: rule?.from ?? field)
    }
}
