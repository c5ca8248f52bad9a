import Contracts
import Foundation
import Messaging
import Web

extension Referral.State {
    var tone: Badge.Tone {
        switch self {
        case .pending: .neutral
        case .earned: .accent
        case .paid: .good
        case .reversed: .bad
        case .blocked, .expired: .warning
        }
    }
}

extension Viewer {
    func badge(_ state: Referral.State) -> Badge { Badge(text("referrals.state.\(state.rawValue)"), state.tone) }

    /// 24 months of property fee, 5,000 points.
    func rewards(_ rewards: [Reward]) -> String {
        rewards.isEmpty
            ? text("referrals.nothing")
            : rewards.map { reward($0.kind, $0.amount) }.joined(separator: text("why.comma"))
    }

    func reward(_ kind: String, _ amount: Int) -> String { text("referrals.reward.\(kind)", count: amount) }
}

extension ReferralView {
    var href: String { "/leads/referrals/\(referral.id)" }

    func referrer(_ viewer: Viewer) -> String {
        guard referral.referrer != nil else { return viewer.text("referrals.nobody") }
        return referrerName ?? viewer.text("leads.nameless")
    }

    func row(_ viewer: Viewer) -> Table.Row {
        Table.Row(
            id: referral.id.description,
            href: href,
            [
                .text(referredName ?? viewer.text("leads.nameless"), sub: referral.code),
                .text(referrer(viewer)),
                .badge(viewer.badge(referral.state), sub: viewer.word("rule", ruleSlug)),
                .text([.blocked, .expired].contains(referral.state) ? "–" : viewer.rewards(referral.rewards)),
                .time(viewer.time(referral.arrivedAt)),
            ]
        )
    }

    private var ruleSlug: String { referral.why.rule.replacing(".", with: "-") }
}

/// The page of a referral: what became of the reward, why, and paying it.
struct ReferralPage: Sendable {
    let header: PageHeader
    let facts: [Fact]
    let timeline: [TimelineEntry]
    let pay: Form?

    struct Form: Sendable {
        let action: String
        let key: String
        let reference: Field
    }
}

/// Everything that the page of a referral shows, as it was read.
struct ReferralStory: Sendable {
    let view: ReferralView
    let moves: [ReferralMove]
    let names: [StaffID: String]

    func page(_ viewer: Viewer, mayPay: Bool, reference: String?, error: String?, key: String) -> ReferralPage {
        let referral = view.referral
        return ReferralPage(
            header: PageHeader(
                view.referredName ?? viewer.text("leads.nameless"),
                sub: viewer.text("referrals.by", ["name": view.referrer(viewer)]),
                badges: [viewer.badge(referral.state)],
                actions: [Action(viewer.text("referrals.open-lead"), "/leads/leads/\(referral.leadID)")]
            ),
            facts: facts(viewer),
            timeline: moves.map { entry($0, viewer) },
            pay: mayPay && referral.state == .earned
                ? .init(
                    action: view.href + "/paid",
                    key: key,
                    reference: Field(
                        "reference",
                        viewer.text("referrals.reference"),
                        value: reference ?? "",
                        hint: viewer.text("referrals.reference-hint"),
                        error: error,
                        isRequired: true,
                        autocomplete: "off"
                    )
                ) : nil
        )
    }

    private func facts(_ viewer: Viewer) -> [Fact] {
        let referral = view.referral
        let referred = view.referredName ?? viewer.text("leads.nameless")
        let won = view.price.map { viewer.money($0.minor, $0.currency) }
        let all: [Fact?] = [
            Fact(
                viewer.text("referrals.fact.state"),
                viewer.text("referrals.state.\(referral.state.rawValue)"),
                why: referral.why.shown(viewer.word("rule", rule(referral.why)), viewer, names: names)
            ),
            Fact(
                viewer.text("referrals.fact.referrer"),
                view.referrer(viewer),
                href: view.referrerUID.map { "/leads/persons/\($0)" }
            ),
            Fact(viewer.text("referrals.fact.referred"), referred, href: "/leads/persons/\(view.referredUID)"),
            Fact(viewer.text("referrals.fact.code"), referral.code),
            Fact(viewer.text("referrals.fact.reward"), viewer.rewards(referral.rewards)),
            Fact(viewer.text("referrals.fact.arrived"), viewer.instant(referral.arrivedAt)),
            Fact(viewer.text("referrals.fact.expires"), viewer.instant(referral.expiresAt)),
            referral.dealID.map { deal in
                Fact(viewer.text("referrals.fact.deal"), won ?? "–", href: "/sales/deals/\(deal)")
            },
            referral.paidAt.map { Fact(viewer.text("referrals.fact.paid"), viewer.instant($0)) },
            referral.paidBy.map { Fact(viewer.text("referrals.fact.paid-by"), who($0, viewer)) },
            referral.reference.map { Fact(viewer.text("referrals.reference"), $0) },
        ]
        return all.compactMap(\.self)
    }

    private func entry(_ move: ReferralMove, _ viewer: Viewer) -> TimelineEntry {
        let heading = viewer.text("referrals.state.\(move.state.rawValue)")
        return TimelineEntry(
            at: viewer.time(move.at),
            icon: "deal",
            tone: move.state.tone,
            heading,
            text: viewer.word("rule", rule(move.why)),
            actor: who(move.actor, viewer),
            why: move.why.shown(heading, viewer, names: names)
        )
    }

    private func rule(_ why: Contracts.Why) -> String { why.rule.replacing(".", with: "-") }

    private func who(_ actor: String, _ viewer: Viewer) -> String {
        StaffID(staffActor: actor).map { names[$0] ?? viewer.text("common.unknown") } ?? viewer.text("persons.by-rule")
    }
}
