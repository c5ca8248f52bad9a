import Contracts
import Failures
import Foundation
import Messaging

/// Makes and changes channels, their keys and their broker users, and writes down who did.
struct KeepChannels: Sendable {
    let zone: TimeZone
    /// Whether a broker user can be made at all.
    let hasBroker: Bool

    func add(_ name: String, _ draft: ChannelDraft, _ work: Work) async throws {
        try ChannelRules.check(name: name)
        let draft = try ChannelRules.checked(draft)
        let store = ChannelRecordStore(work.tx)
        guard try await store.add(name, draft) else {
            throw Rejection(.conflict, "channel-exists", "There is a channel of that name.", field: "name")
        }
        if let cost = try ChannelRules.cost(draft) { try await store.set(cost, of: name, since: today(work)) }
        try await note("made", draft.told, of: name, work)
    }

    func change(_ name: String, _ draft: ChannelDraft, _ work: Work) async throws {
        let store = ChannelRecordStore(work.tx)
        guard let before = try await store.find(name, on: today(work)) else {
            throw Rejection.notFound("channel", name)
        }
        let draft = try ChannelRules.checked(draft, before: before.channel.kind)
        try await store.change(name, draft)
        let cost = try ChannelRules.cost(draft)
        if cost != before.cost { try await store.set(cost, of: name, since: today(work)) }
        try await note("changed", draft.told, of: name, work)
    }

    /// - Returns: the key, which nobody can be told again.
    func addKey(to name: String, _ work: Work) async throws -> ChannelSecret {
        try await mustExist(name, work)
        let secret = ChannelSecret.random()
        try await ChannelKeyStore(work.tx).add(secret, id: .v7(), to: name, by: work.cause.actor, at: work.now)
        try await note("key-made", ["key": secret.hint], of: name, work)
        return secret
    }

    func revokeKey(_ id: UUID, of name: String, _ work: Work) async throws {
        let store = ChannelKeyStore(work.tx)
        let key = try await store.of(name).first { $0.id == id }
        guard let key, try await store.revoke(id, of: name, by: work.cause.actor, at: work.now) else {
            throw Rejection.notFound("key", id.wire)
        }
        try await note("key-revoked", ["key": key.hint], of: name, work)
    }

    /// Wishes for a broker user, or for another password of the one that is there.
    /// - Returns: the password, which nobody can be told again.
    func wantBrokerUser(of name: String, _ work: Work) async throws -> ChannelSecret {
        guard hasBroker else {
            throw Rejection(
                .conflict,
                "no-broker-management",
                "The broker's management interface is not configured: LINTEL_AMQP_MANAGEMENT_URL."
            )
        }
        try await mustExist(name, work)
        let secret = ChannelSecret.random()
        try await BrokerUserStore(work.tx).want(secret.brokerHash(), of: name)
        try await note("broker-user-wanted", [:], of: name, work)
        return secret
    }

    func unwantBrokerUser(of name: String, _ work: Work) async throws {
        try await mustExist(name, work)
        try await BrokerUserStore(work.tx).unwant(name)
        try await note("broker-user-unwanted", [:], of: name, work)
    }

    private func mustExist(_ name: String, _ work: Work) async throws {
        guard try await ChannelStore(work.tx).find(name) != nil else { throw Rejection.notFound("channel", name) }
    }

    private func today(_ work: Work) -> Day { Day(work.now, in: zone) }

    private func note(_ what: String, _ detail: [String: String], of name: String, _ work: Work) async throws {
        try await ChannelRecordStore(work.tx).note(what, detail, of: name, by: work.cause.actor, at: work.now)
    }
}

extension ChannelDraft {
    /// What the history says of it.
    fileprivate var told: [String: String] {
        let values: [(String, String?)] = [
            ("kind", kind), ("title", title), ("defaultCampaign", defaultCampaign), ("costBasis", costBasis),
            ("costMinor", costMinor.map { "\($0)" }), ("isActive", isActive.map { "\($0)" }),
        ]
        return Dictionary(values.compactMap { pair in pair.1.map { (pair.0, $0) } }) { first, _ in first }
    }
}
