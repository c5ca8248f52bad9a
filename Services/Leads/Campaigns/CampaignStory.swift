import Contracts
import Failures
import Foundation
import Messaging
import Web

/// The fields of a campaign that is to be made.
struct CampaignFields: Sendable {
    let fields: [Field]

    init(_ viewer: Viewer, _ channels: [ChannelRecord], draft: CampaignDraft?, fault: Rejection?) {
        func error(_ field: String) -> String? { fault?.field == field ? fault.map { viewer.refusal($0) } : nil }
        func label(_ field: String) -> String { viewer.text("campaigns.field.\(field)") }
        fields = [
            Field(
                "key",
                label("key"),
                value: draft?.key ?? "",
                hint: viewer.text("campaigns.key-hint"),
                error: error("key"),
                isRequired: true,
                autocomplete: "off"
            ),
            Field("title", label("title"), value: draft?.title ?? "", autocomplete: "off"),
            .select(
                "channel",
                label("channel"),
                channels.map {
                    Field.Choice($0.channel.name, $0.label(viewer), isChosen: $0.channel.name == draft?.channel)
                },
                error: error("channel"),
                isRequired: true
            ),
            Field(
                "from",
                label("from"),
                value: draft?.from ?? "",
                type: "date",
                error: error("from"),
                isRequired: true
            ),
            Field("to", label("to"), value: draft?.to ?? "", type: "date", error: error("to"), isRequired: true),
        ]
    }
}

/// Everything that the page of a campaign shows, as it was read.
struct CampaignStory: Sendable {
    let campaign: Campaign
    let costs: [CampaignCost]
    let names: [StaffID: String]

    private var home: String { "/leads/campaigns/\(campaign.id.wire)" }

    func page(_ viewer: Viewer, _ given: Form?, fault: Rejection?, key: String) -> CampaignPage {
        let period = campaign.period
        let query = "from=\(period.from.text)&to=\(period.to.text)"
        return CampaignPage(
            header: PageHeader(
                campaign.title ?? campaign.key,
                sub: viewer.channel(campaign.channel),
                actions: [Action(viewer.text("return.title"), "/leads/return?\(query)", isPrimary: true)]
            ),
            facts: [
                Fact(viewer.text("campaigns.field.key"), campaign.key),
                Fact(viewer.text("campaigns.column.period"), "\(period.from.text) – \(period.to.text)"),
                Fact(viewer.text("campaigns.column.booked"), viewer.money(campaign.booked, "CNY")),
            ],
            costs: costTable(viewer),
            cancels: costs.filter { !$0.isCancelled }.prefix(20).map { cost in
                let words = ["amount": viewer.money(cost.minor, "CNY"), "day": cost.period.from.text]
                return Action(
                    viewer.text("campaigns.cancel", words),
                    "\(home)/costs/\(cost.id.wire)/cancel",
                    isPost: true
                )
            },
            action: home + "/costs",
            key: key,
            fields: fields(viewer, given, fault)
        )
    }

    private func costTable(_ viewer: Viewer) -> Table {
        Table(
            viewer.text("campaigns.costs"),
            ["period", "amount", "note", "booked-at"].map {
                Table.Column(viewer.text("campaigns.column.\($0)"), isNumeric: $0 == "amount")
            },
            costs.map { cost in
                let days = [cost.period.from.text, cost.period.to.text]
                let actor = Cause(actor: cost.bookedBy).staffID.flatMap { names[$0] }
                return Table.Row(
                    id: cost.id.wire,
                    href: home,
                    [
                        .text(days[0] == days[1] ? days[0] : days.joined(separator: " – ")),
                        .text(viewer.money(cost.minor, "CNY")),
                        cost.isCancelled
                            ? .badge(Badge(viewer.text("campaigns.is-cancelled")), sub: cost.note)
                            : .text(cost.note ?? "–"),
                        .text(viewer.instant(cost.bookedAt), sub: actor),
                    ]
                )
            },
            empty: Empty(viewer.text("campaigns.no-costs.heading"), viewer.text("campaigns.no-costs.text"))
        )
    }

    private func fields(_ viewer: Viewer, _ given: Form?, _ fault: Rejection?) -> [Field] {
        func error(_ field: String) -> String? { fault?.field == field ? fault.map { viewer.refusal($0) } : nil }
        func label(_ field: String) -> String { viewer.text("campaigns.field.\(field)") }
        return [
            Field(
                "from",
                label("cost-from"),
                value: given?["from"] ?? campaign.period.from.text,
                type: "date",
                error: error("from"),
                isRequired: true
            ),
            Field(
                "to",
                label("cost-to"),
                value: given?["to"] ?? "",
                type: "date",
                hint: viewer.text("campaigns.cost-to-hint"),
                error: error("to")
            ),
            Field(
                "amount",
                label("amount"),
                value: given?["amount"] ?? "",
                error: error("amount") ?? error("minor"),
                isRequired: true
            ),
            Field("note", label("note"), value: given?["note"] ?? ""),
        ]
    }
}
