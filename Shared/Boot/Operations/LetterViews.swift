import Contracts
import Failures
import Foundation
import Messaging
import Web

/// Which dead letters a page is about, as it stands in the page's address and in its forms.
struct LetterQuery: Sendable {
    var status = "waiting"
    var reason: String?
    /// Empty for messages whose name could not be read; nil for all.
    var name: String?

    init() {}

    init(reason: String?, name: String?) {
        self.reason = reason
        self.name = name
    }

    /// `name` as an address or a form has it: a dash stands for messages without one.
    init(reason: String?, wireName: String?) {
        self.reason = reason
        name = wireName.flatMap { $0.isEmpty ? nil : $0 == "-" ? "" : $0 }
    }

    var wireName: String? { name.map { $0.isEmpty ? "-" : $0 } }

    var encoded: String {
        var parts = status == "waiting" ? [] : ["status=\(status)"]
        if let reason { parts.append("reason=\(LetterQuery.escaped(reason))") }
        if let wireName { parts.append("name=\(LetterQuery.escaped(wireName))") }
        return parts.joined(separator: "&")
    }

    func selection(until: Date? = nil) -> DeadLetterSelection {
        DeadLetterSelection(status: status == "all" ? nil : status, reason: reason, name: name, until: until)
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~")))
            ?? ""
    }
}

/// Dead letters: what waits by reason, or the letters of one reason with what can be done to all of them.
struct LettersPage: Sendable {
    struct Bulk: Sendable {
        let replay: String
        let replayLabel: String
        let discard: String
        let discardLabel: String
        let reason: String
        let name: String
        let until: String
        let note: Field
    }

    let header: PageHeader
    let services: [FilterLink]
    let filters: [FilterLink]
    let advice: String?
    let table: Table
    let bulk: Bulk?
}

/// One dead letter: what it says, why it died, what became of it, and what can be done.
struct LetterPage: Sendable {
    struct Edit: Sendable {
        let action: String
        let body: String
        let error: String?
        let isOpen: Bool
    }

    let header: PageHeader
    let detail: String
    let advice: String?
    let body: String
    let bodyForm: String
    let properties: String
    let facts: [Fact]
    let timeline: [TimelineEntry]
    let replay: String?
    let edit: Edit?
    let discard: String?
    let note: Field
}

extension DeadLetter {
    /// The message's own id; nil when it could not be read and is filed under a digest.
    var knownID: String? { source == "unreadable" ? nil : messageID }
}

/// What somebody typed that was refused.
struct RefusedEdit: Sendable {
    let body: String
    let rejection: Rejection
}

/// Builds the pages of dead letters.
struct LetterView {
    let service: String
    let viewer: Viewer

    func groups(_ groups: [DeadLetterGroup]) -> LettersPage {
        let table = Table(
            viewer.text("operations.dead"),
            [
                .init(viewer.text("operations.reason")), .init(viewer.text("operations.message")),
                .init(viewer.text("operations.count"), isNumeric: true), .init(viewer.text("operations.newest")),
            ],
            groups.enumerated().map { index, group in
                Table.Row(
                    id: "group-\(index)",
                    href: group.href(service),
                    [
                        .text(viewer.word("dead-reason", group.reason), sub: group.reason),
                        .text(group.name ?? viewer.text("operations.unnamed")), .text(viewer.number(group.count)),
                        .time(viewer.time(group.newestAt)),
                    ]
                )
            },
            empty: Empty(viewer.text("operations.none"), viewer.text("operations.none-text"))
        )
        return page(LetterQuery(), viewer.text("operations.dead"), viewer.text("operations.dead-text"), table)
    }

    func list(_ query: LetterQuery, _ letters: [DeadLetter], count: Int) -> LettersPage {
        let table = Table(
            viewer.text("operations.dead"),
            [
                .init(viewer.text("operations.message")), .init(viewer.text("operations.field")),
                .init(viewer.text("operations.status")), .init(viewer.text("operations.died")),
                .init(viewer.text("operations.attempts"), isNumeric: true),
            ],
            letters.map(row),
            empty: Empty(viewer.text("operations.none"), viewer.text("operations.none-here"))
        )
        let heading = query.reason.map { viewer.word("dead-reason", $0) } ?? viewer.text("operations.dead")
        let sub = [query.name.flatMap { $0.isEmpty ? nil : $0 }, viewer.text("operations.letters", count: count)]
            .compactMap { $0 }.joined(separator: " · ")
        let newest = letters.map(\.diedAt).max()
        return page(
            query,
            heading,
            sub,
            table,
            advice: query.reason.map(viewer.advice(onLetters:)),
            bulk: query.status == "waiting" ? newest.flatMap { bulk(query, count: count, until: $0) } : nil
        )
    }

    private func page(
        _ query: LetterQuery,
        _ heading: String,
        _ sub: String,
        _ table: Table,
        advice: String? = nil,
        bulk: LettersPage.Bulk? = nil
    ) -> LettersPage {
        LettersPage(
            header: PageHeader(heading, sub: sub),
            services: ["leads", "sales", "service", "notify"].map { name in
                FilterLink(
                    viewer.text("operations.\(name)"),
                    "/\(name)/operations/letters",
                    isCurrent: name == service
                )
            },
            filters: ["waiting", "replayed", "discarded"].map { status in
                var other = query
                other.status = status
                let tail = other.encoded
                return FilterLink(
                    viewer.text("operations.status-\(status)"),
                    "/\(service)/operations/letters" + (tail.isEmpty ? "" : "?\(tail)"),
                    isCurrent: status == query.status
                )
            },
            advice: advice,
            table: table,
            bulk: bulk
        )
    }

    private func row(_ letter: DeadLetter) -> Table.Row {
        Table.Row(
            id: letter.id.wire,
            href: "/\(service)/operations/\(letter.id.wire)",
            [
                .text(letter.name ?? letter.routingKey, sub: letter.knownID),
                .text(letter.field.flatMap { $0.isEmpty ? nil : $0 } ?? "–", sub: letter.note),
                .badge(status(letter)), .time(viewer.time(letter.diedAt)), .text(viewer.number(letter.attempts)),
            ]
        )
    }

    private func bulk(_ query: LetterQuery, count: Int, until: Date) -> LettersPage.Bulk? {
        guard let reason = query.reason else { return nil }
        let here = "/\(service)/operations/letters"
        // A millisecond on: the wire's time is cut to milliseconds, the letter's is not.
        return LettersPage.Bulk(
            replay: "\(here)/replay",
            replayLabel: viewer.text("operations.replay-all", count: count),
            discard: "\(here)/discard",
            discardLabel: viewer.text("operations.discard-all", count: count),
            reason: reason,
            name: query.wireName ?? "",
            until: Wire.text(of: until.addingTimeInterval(0.001)),
            note: noteField
        )
    }

    var noteField: Field {
        Field("note", viewer.text("operations.note"), hint: viewer.text("operations.note-hint"), isRequired: true)
    }

    func status(_ letter: DeadLetter) -> Badge {
        let tone: Badge.Tone = letter.status == "waiting" ? .warning : letter.status == "replayed" ? .good : .neutral
        return Badge(viewer.text("operations.status-\(letter.status)"), tone)
    }
}
