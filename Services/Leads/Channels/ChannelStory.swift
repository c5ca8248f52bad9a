import Contracts
import Foundation
import Messaging
import Web

/// Everything that the page of a channel shows, as it was read.
struct ChannelStory: Sendable {
    let record: ChannelRecord
    let keys: [ChannelKey]
    let changes: [ChannelChange]
    let names: [StaffID: String]
    /// What the platform has named and has not given out yet.
    let fetches: [PlatformFetch]
    /// Whether the broker's management interface is configured.
    let hasBroker: Bool

    private var home: String { "/leads/channels/\(record.channel.name)" }

    func page(_ viewer: Viewer, fields: ChannelFields?, secret: ChannelPage.Secret?) -> ChannelPage {
        let fields = fields ?? ChannelFields(viewer, record)
        let state = record.channel.isActive ? [] : [Badge(viewer.text("channels.inactive"), .warning)]
        return ChannelPage(
            header: PageHeader(
                record.label(viewer),
                sub: [record.channel.name, viewer.word("channels.kind", record.channel.kind)].joined(separator: " · "),
                badges: state
            ),
            secret: secret,
            address: "/leads/api/v1/intake/\(record.channel.name)",
            keys: keyTable(viewer),
            revokes: revokes(viewer),
            newKey: Action(viewer.text("channels.new-key"), home + "/keys", isPost: true),
            broker: broker(viewer),
            adapter: Action(viewer.text("channels.adapter"), home + "/adapter"),
            form: ChannelFormView(
                action: home,
                fields: fields.about,
                costs: fields.costs,
                submit: viewer.text("common.save")
            ),
            fetches: fetches.isEmpty ? nil : fetchTable(viewer),
            fetchNow: Action(viewer.text("channels.fetch-now"), home + "/fetch", isPost: true),
            history: changes.map { entry($0, viewer) }
        )
    }

    private func keyTable(_ viewer: Viewer) -> Table {
        Table(
            viewer.text("channels.keys"),
            ["key", "made", "state"].map { Table.Column(viewer.text("channels.column.\($0)")) },
            keys.map { key in
                Table.Row(
                    id: key.id.wire,
                    href: home,
                    [
                        .text(
                            key.isFromFile ? viewer.text("channels.key-of-file") : "…\(key.hint)",
                            sub: actor(key.madeBy)
                        ),
                        .time(viewer.time(key.madeAt)),
                        .badge(
                            key.revokedAt == nil
                                ? Badge(viewer.text("channels.key.valid"), .good)
                                : Badge(viewer.text("channels.key.revoked"))
                        ),
                    ]
                )
            },
            empty: Empty(viewer.text("channels.no-keys.heading"), viewer.text("channels.no-keys.text"))
        )
    }

    private func fetchTable(_ viewer: Viewer) -> Table {
        Table(
            viewer.text("channels.fetches"),
            ["lead", "state", "why", "tries", "next"].map { Table.Column(viewer.text("channels.fetch.\($0)")) },
            fetches.map { row($0, viewer) },
            empty: Empty(viewer.text("channels.fetches"), "")
        )
    }

    private func row(_ fetch: PlatformFetch, _ viewer: Viewer) -> Table.Row {
        let isWaiting = fetch.state == .waiting
        let why = fetch.fault.map { viewer.word("ledger.reason", $0.kind.rawValue) }
        return Table.Row(
            id: fetch.id.wire,
            // What was given up stands in the ledger.
            href: isWaiting ? home : "/leads/ledger?channel=\(fetch.channel)&outcome=rejected",
            [
                .text(fetch.externalID, sub: viewer.time(fetch.since).text),
                .badge(Badge(viewer.text("channels.fetch.\(fetch.state.rawValue)"), isWaiting ? .warning : .bad)),
                .text(why ?? viewer.text("channels.fetch.not-tried"), sub: fetch.fault?.detail),
                .text(viewer.number(fetch.attempts)),
                isWaiting ? .time(viewer.time(fetch.nextAt)) : .text("–"),
            ]
        )
    }

    /// The buttons that revoke the keys that are valid.
    private func revokes(_ viewer: Viewer) -> [Action] {
        keys.filter { $0.revokedAt == nil }.map { key in
            let name = key.isFromFile ? viewer.text("channels.key-of-file") : "…\(key.hint)"
            return Action(
                viewer.text("channels.revoke-key", ["key": name]),
                "\(home)/keys/\(key.id.wire)/revoke",
                isPost: true
            )
        }
    }

    private func broker(_ viewer: Viewer) -> ChannelPage.Broker {
        let state = record.broker.state
        let hasUser = state != .none && state != .removed
        let words = hasUser ? "channels.rotate" : "channels.make-user"
        let make = Action(viewer.text(words), home + "/broker-user", isPost: true)
        let remove = Action(viewer.text("channels.remove-user"), home + "/broker-user/revoke", isPost: true)
        var facts = [Fact(viewer.text("channels.user"), record.channel.brokerUser)]
        facts.append(Fact(viewer.text("channels.routing-key"), "lead.\(record.channel.name)"))
        if let fault = record.broker.fault { facts.append(Fact(viewer.text("channels.fault"), fault)) }
        if let tried = record.broker.triedAt {
            facts.append(Fact(viewer.text("channels.told-broker"), viewer.instant(tried)))
        }
        return ChannelPage.Broker(
            state: record.broker.badge(viewer),
            text: hasBroker
                ? viewer.text("channels.broker-text.\(state.rawValue)") : viewer.text("channels.no-management"),
            facts: facts,
            actions: hasBroker ? [make] + (hasUser && state != .unwanted ? [remove] : []) : []
        )
    }

    private func entry(_ change: ChannelChange, _ viewer: Viewer) -> TimelineEntry {
        let detail = change.detail.sorted { $0.key < $1.key }.map {
            "\(viewer.word("channels.told-of", $0.key)): \($0.value)"
        }
        return TimelineEntry(
            at: viewer.time(change.at),
            icon: "note",
            viewer.text("channels.told.\(change.what)"),
            text: detail.isEmpty ? nil : detail.joined(separator: " · "),
            actor: actor(change.actor)
        )
    }

    private func actor(_ actor: String) -> String? { Cause(actor: actor).staffID.flatMap { names[$0] } }
}
