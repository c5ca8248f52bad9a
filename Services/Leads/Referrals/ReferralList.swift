import Contracts
import Foundation
import Messaging
import Web

/// Everything that the list of referrals shows, as it was read.
struct ReferralList: Sendable {
    let query: ReferralListQuery
    let views: [ReferralView]
    let totals: ReferralTotals
    /// Of all deals; nil for whoever does not see all.
    let share: (won: Int, referred: Int)?
    let goal: Int
    let referrerName: String?

    func page(_ slice: Slice, _ viewer: Viewer) -> ReferralListPage {
        let shown = views.prefix(slice.limit)
        let next =
            views.count > slice.limit
            ? shown.last.map { Cursor($0.referral.arrivedAt, $0.referral.id.uuid).encoded } : nil
        return ReferralListPage(
            header: PageHeader(
                viewer.text("referrals.title"),
                sub: [hint(viewer), viewer.counted(totals.countedAt)].compactMap(\.self).joined(separator: " ")
            ),
            filters: filters(viewer),
            stats: stats(viewer),
            table: Table(
                viewer.text("referrals.title"),
                ["referred", "referrer", "state", "reward", "arrived"].map {
                    Table.Column(viewer.text("referrals.column.\($0)"))
                },
                shown.map { $0.row(viewer) },
                pager: next == nil && slice.after == nil
                    ? nil
                    : Pager(
                        first: slice.after == nil ? nil : query.href(query.state),
                        next: next.map { query.href(query.state, cursor: $0) }
                    ),
                empty: Empty(viewer.text("referrals.empty.heading"), viewer.text("referrals.empty.text"))
            )
        )
    }

    private func hint(_ viewer: Viewer) -> String {
        query.referrer == nil
            ? viewer.text("referrals.hint")
            : viewer.text("referrals.by", ["name": referrerName ?? viewer.text("leads.nameless")])
    }

    private func filters(_ viewer: Viewer) -> [FilterLink] {
        let counts = totals.byState
        let all = FilterLink(
            viewer.text("common.all"),
            query.href(nil),
            count: viewer.number(counts.values.reduce(0, +)),
            isCurrent: query.state == nil
        )
        return [all]
            + Referral.State.allCases.map { state in
                FilterLink(
                    viewer.text("referrals.state.\(state.rawValue)"),
                    query.href(state.rawValue),
                    count: viewer.number(counts[state] ?? 0),
                    isCurrent: query.state == state.rawValue
                )
            }
    }

    private func stats(_ viewer: Viewer) -> [Stat] {
        let isBack = totals.all.contains { $0.state == .reversed && $0.isPaid }
        let sums: [Stat?] = [
            sum("pending", viewer) { $0.state == .pending },
            sum("earned", viewer) { $0.state == .earned },
            sum("paid", viewer) { $0.state == .paid },
            isBack ? sum("reversed", viewer, .bad) { $0.state == .reversed && $0.isPaid } : nil,
        ]
        guard let share else { return sums.compactMap(\.self) }
        let percent = Double(share.referred) / Double(max(share.won, 1))
        let figure = Stat(
            viewer.text("referrals.share"),
            share.won == 0 ? "–" : Score.percent(percent),
            note: viewer.text(
                "referrals.share-note",
                ["part": viewer.number(share.referred), "whole": viewer.number(share.won), "goal": "\(goal)"]
            ),
            href: query.href("won"),
            tone: share.won > 0 && percent * 100 >= Double(goal) ? .good : .neutral
        )
        return [figure] + sums.compactMap(\.self)
    }

    /// How many there are, and what they come to.
    private func sum(
        _ state: String,
        _ viewer: Viewer,
        _ tone: Badge.Tone = .neutral,
        _ isMeant: (ReferralTotal) -> Bool
    ) -> Stat {
        let meant = totals.all.filter(isMeant)
        let amounts = meant.flatMap { total in total.rewards.map { ($0.kind, $0.amount * total.count) } }
        let rewards = Dictionary(amounts, uniquingKeysWith: +).sorted { $0.key < $1.key }
        return Stat(
            viewer.text("referrals.sum.\(state)"),
            viewer.number(meant.reduce(0) { $0 + $1.count }),
            note: rewards.isEmpty ? nil : viewer.rewards(rewards.map { Reward(kind: $0.key, amount: $0.value) }),
            href: query.href(state),
            tone: tone
        )
    }
}
