import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of channels as the console keeps them.
struct ChannelRecordStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Every channel, by name; the cost is the one in force on `day`.
    func all(on day: Day) async throws -> [ChannelRecord] { try await records("true ORDER BY c.name", on: day) }

    func find(_ name: String, on day: Day) async throws -> ChannelRecord? {
        try await records("c.name = \(name)", on: day).first
    }

    /// - Returns: false when there is one of that name.
    func add(_ name: String, _ draft: ChannelDraft) async throws -> Bool {
        let added = try await tx.execute(
            """
            INSERT INTO channels (name, kind, broker_user, is_active, title, default_campaign, broker_state)
            VALUES (\(name), \(draft.kind), \(Channel.brokerUser(of: name)), \(draft.isActive ?? true), \(draft.title),
                    \(draft.defaultCampaign), 'none')
            ON CONFLICT (name) DO NOTHING
            """
        )
        return added == 1
    }

    func change(_ name: String, _ draft: ChannelDraft) async throws {
        try await tx.execute(
            """
            UPDATE channels
               SET kind = \(draft.kind), is_active = coalesce(\(draft.isActive), is_active), title = \(draft.title),
                   default_campaign = \(draft.defaultCampaign)
             WHERE name = \(name)
            """
        )
    }

    /// What it costs from a day on; nil for nothing any more.
    func set(_ cost: ChannelCost?, of name: String, since day: Day) async throws {
        try await tx.execute(
            """
            INSERT INTO channel_costs (channel, since, basis, minor, currency)
            VALUES (\(name), \(day.text)::date, \(cost?.basis.rawValue ?? "month"), \(cost?.amount.minor ?? 0),
                    \(cost?.amount.currency ?? "CNY"))
            ON CONFLICT (channel, since) DO UPDATE
               SET basis = EXCLUDED.basis, minor = EXCLUDED.minor, currency = EXCLUDED.currency
            """
        )
    }

    func note(_ what: String, _ detail: [String: String], of name: String, by actor: String, at now: Date) async throws
    {
        try await tx.execute(
            """
            INSERT INTO channel_changes (channel, what, detail, actor, at)
            VALUES (\(name), \(what), \(try JSONText(wire: detail)), \(actor), \(now))
            """
        )
    }

    /// What was changed of a channel, newest first.
    func changes(of name: String) async throws -> [ChannelChange] {
        try await tx.all(
            "SELECT what, detail, actor, at FROM channel_changes WHERE channel = \(name) ORDER BY id DESC LIMIT 50"
        ) { row in
            let detail: JSONText = try row["detail"]
            return ChannelChange(
                what: try row["what"],
                detail: try detail.decode(),
                actor: try row["actor"],
                at: try row["at"]
            )
        }
    }

    private func records(_ condition: SQL, on day: Day) async throws -> [ChannelRecord] {
        try await tx.all(
            """
            SELECT c.name, c.kind, c.broker_user, c.is_active, c.title, c.default_campaign, c.broker_state,
                   c.broker_fault, c.broker_tried_at, k.basis, k.minor, k.currency
              FROM channels c
              LEFT JOIN LATERAL (SELECT basis, minor, currency FROM channel_costs
                                  WHERE channel = c.name AND since <= \(day.text)::date
                                  ORDER BY since DESC LIMIT 1) k ON true
             WHERE \(condition)
            """,
            as: ChannelRecord.init(row:)
        )
    }
}

extension ChannelRecord {
    fileprivate init(row: Row) throws {
        let basis: String? = try row["basis"]
        let minor: Int64? = try row["minor"]
        let currency: String? = try row["currency"]
        var cost: ChannelCost?
        if let basis = basis.flatMap(ChannelCost.Basis.init(rawValue:)), let minor, minor > 0, let currency {
            cost = ChannelCost(basis: basis, amount: Money(minor: minor, currency: currency))
        }
        self.init(
            channel: Channel(
                name: try row["name"],
                kind: try row["kind"],
                brokerUser: try row["broker_user"],
                isActive: try row["is_active"],
                defaultCampaign: try row["default_campaign"]
            ),
            title: try row["title"],
            cost: cost,
            broker: BrokerAccess(
                state: .init(rawValue: try row["broker_state"]) ?? .none,
                fault: try row["broker_fault"],
                triedAt: try row["broker_tried_at"]
            )
        )
    }
}
