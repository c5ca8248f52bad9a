import Contracts
import Foundation
import Web

/// One message: its text, where it stands, and all that was tried.
struct MessagePage: Sendable {
    /// What may be done about a message that is stuck.
    struct Stuck: Sendable {
        let hint: String
        let resend: String
        /// Where to say what became of it; only when nobody knows.
        let settle: String?
    }

    let header: PageHeader
    let subject: String?
    let body: String
    let timeline: [TimelineEntry]
    /// Why it was not sent or not delivered.
    let trouble: String?
    let stuck: Stuck?
    let facts: [Fact]

    init(_ detail: ShowMessages.Detail, mayAct: Bool, isUnmasked: Bool, _ viewer: Viewer) {
        let row = detail.row
        let message = row.message
        header = PageHeader(
            MessageWords.template(message.template, viewer),
            sub: row.name ?? viewer.text("messages.unnamed"),
            badges: [MessageWords.badge(message.state, viewer)]
        )
        subject = message.text.subject.nilIfEmpty
        body = message.text.body
        timeline = MessagePage.timeline(detail, viewer)
        trouble = MessageWords.trouble(row, viewer)
        stuck = mayAct ? MessagePage.stuck(message, viewer) : nil
        facts = MessagePage.facts(detail, isUnmasked: isUnmasked, viewer)
    }

    private static func timeline(_ detail: ShowMessages.Detail, _ viewer: Viewer) -> [TimelineEntry] {
        let message = detail.row.message
        let written = TimelineEntry(
            at: viewer.time(message.createdAt),
            icon: "message",
            viewer.text(message.channel == .inApp ? "messages.shown-line" : "messages.written-line"),
            source: "\(message.causeName) \(message.causeID)"
        )
        let tried = detail.attempts.map { line in
            TimelineEntry(
                at: viewer.time(line.at),
                icon: line.kind == "hand" ? "note" : "message",
                tone: tone(line.outcome),
                viewer.text("attempt.\(line.kind).\(line.outcome)", ["attempt": "\(line.attempt)"]),
                text: line.kind == "hand" ? nil : line.detail
            )
        }
        return tried.reversed() + [written]
    }

    private static func tone(_ outcome: String) -> Badge.Tone {
        switch outcome {
        case "delivered": .good
        case "accepted": .accent
        case "refused-for-good", "failed": .bad
        case "refused-for-now", "unknown", "not-sent", "buffered": .warning
        default: .neutral
        }
    }

    private static func stuck(_ message: Message, _ viewer: Viewer) -> Stuck? {
        guard [.failed, .suppressed, .unknown].contains(message.state), message.channel != .inApp else { return nil }
        let path = "/notify/messages/\(message.id)"
        return Stuck(
            hint: viewer.text("messages.hint-\(message.state.rawValue)"),
            resend: path + "/resend",
            settle: message.state == .unknown ? path + "/settle" : nil
        )
    }

    private static func facts(_ detail: ShowMessages.Detail, isUnmasked: Bool, _ viewer: Viewer) -> [Fact] {
        let row = detail.row
        let message = row.message
        var facts = [
            Fact(
                viewer.text("messages.recipient"),
                row.name ?? viewer.text("messages.unnamed"),
                href: row.customer.map { "/sales/customers/\($0)" }
            ),
            Fact(viewer.text("messages.channel"), viewer.text("message-channel.\(message.channel.rawValue)")),
        ]
        if row.survivor != nil {
            facts.append(Fact(viewer.text("messages.merged"), viewer.text("messages.merged-text")))
        }
        if let address = row.address {
            let text =
                message.channel == .sms
                ? viewer.phone(address, masked: !isUnmasked) : viewer.email(address, masked: !isUnmasked)
            facts.append(Fact(viewer.text("messages.address"), text))
        }
        if let reason = MessageWords.reason(row, viewer) {
            let why = message.decision.map { viewer.why($0, sentence: reason) }
            facts.append(Fact(viewer.text("messages.reason"), reason, why: why))
        }
        if let consent = message.consent { facts.append(Self.consent(consent, message, viewer)) }
        if message.channel != .inApp { facts.append(Fact(viewer.text("messages.attempts"), "\(message.attempt)")) }
        facts += [
            Fact(viewer.text("messages.created"), viewer.time(message.createdAt).exact),
            Fact(viewer.text("messages.changed"), viewer.time(row.changedAt).exact),
            Fact(
                viewer.text("messages.template"),
                MessageWords.template(message.template, viewer),
                why: MessageWords.why(detail.why, viewer)
            ),
        ]
        if let link = message.link {
            facts.append(Fact(viewer.text("messages.link"), viewer.text("messages.link-open"), href: link))
        }
        return facts
    }
}

extension MessagePage {
    /// The consent that it was sent or kept back by.
    fileprivate static func consent(_ consent: Contracts.Why, _ message: Message, _ viewer: Viewer) -> Fact {
        let purpose = viewer.text("consent.purpose.\(message.topic.rawValue)")
        let why = viewer.why(consent, sentence: purpose)
        return Fact(viewer.text("messages.consent"), "\(purpose) · \(why.rule)", why: why)
    }
}

/// How messages are spoken of.
enum MessageWords {
    static func badge(_ state: MessageState, _ viewer: Viewer) -> Badge {
        let tone: Badge.Tone =
            switch state {
            case .queued, .sending: .neutral
            case .accepted: .accent
            case .delivered: .good
            case .failed: .bad
            case .suppressed: .neutral
            case .unknown: .warning
            }
        return Badge(viewer.text("message-state.\(state.rawValue)"), tone)
    }

    static func template(_ name: String, _ viewer: Viewer) -> String { viewer.text("template.\(name)") }

    /// Why it is where it is, with the hour until which it waits and what was counted.
    static func reason(_ row: MessageRow, _ viewer: Viewer) -> String? {
        guard let slug = row.message.reason else { return nil }
        var values: [String: String] = [:]
        if let nextAt = row.nextAt { values["time"] = viewer.time(nextAt).exact }
        if let figures = row.figures { (values["sent"], values["limit"]) = figures }
        return viewer.text("reason.\(slug)", values)
    }

    /// The reason, with the carrier's own words.
    static func trouble(_ row: MessageRow, _ viewer: Viewer) -> String? {
        guard let reason = reason(row, viewer) else { return nil }
        let words = row.figures == nil ? row.message.detail : nil
        return [reason, words].compactMap(\.self).joined(separator: " · ")
    }

    static func why(_ why: Contracts.Why, _ viewer: Viewer) -> Web.Why {
        let purpose = Purpose(rawValue: why.inputs["purpose"] ?? "") ?? .work
        return Web.Why(
            viewer.text("messages.why-sentence"),
            rule: why.rule,
            version: "\(why.version)",
            inputs: [
                Web.Why.Input(viewer.text("messages.why-event"), why.inputs["event"] ?? ""),
                Web.Why.Input(viewer.text("messages.why-purpose"), viewer.text("purpose.\(purpose.rawValue)")),
            ]
        )
    }
}

extension MessageRow {
    /// How many there were of how many that may be, when that is why it was not sent.
    fileprivate var figures: (String, String)? {
        guard message.reason?.hasPrefix("cap-") == true, let detail = message.detail else { return nil }
        let parts = detail.split(separator: "/").map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }
}
