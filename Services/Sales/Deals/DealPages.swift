import Contracts
import Foundation
import Web

/// The board of deals.
struct DealBoardPage: Sendable {
    let header: PageHeader
    let filters: [FilterLink]
    /// Where the board alone is, for when it has changed.
    let source: String
    let board: Board
    let empty: Empty?
}

/// Builds the board.
struct DealBoard {
    let viewer: Viewer
    let access: Access

    /// Stages of open deals in order, then what was won lately.
    ///
    /// A card that may be moved says where to.
    func board(_ deals: [ListedDeal]) -> Board {
        let stages = Deal.Stage.open + [.won]
        return Board(
            viewer.text("nav.deals"),
            stages.map { stage in
                let here = deals.filter { $0.deal.stage == stage }
                return Board.Column(
                    id: stage.rawValue,
                    viewer.text("deal-stage.\(stage.rawValue)"),
                    note: note(stage, here),
                    tone: stage == .won ? .good : .neutral,
                    here.map(card)
                )
            }
        )
    }

    private func card(_ listed: ListedDeal) -> Board.Card {
        let deal = listed.deal
        let mayMove = deal.stage.isOpen && access.mayAct(on: deal)
        return Board.Card(
            id: deal.id.description,
            href: "/sales/deals/\(deal.id)",
            deal.title,
            lines: [
                listed.customerName == deal.title ? nil : listed.customerName, deal.project.map(viewer.project),
                listed.unitNumber.map { viewer.text("deals.unit-line", ["unit": $0]) },
            ].compactMap { $0 },
            figure: deal.expected.map { viewer.moneyShort($0.minor, $0.currency) },
            badges: access.seesOthers ? [listed.ownerName.map { Badge($0) }].compactMap { $0 } : [],
            clock: deal.stage.isOpen ? (listed.holdEndsAt ?? listed.nextAt).map { viewer.clock(due: $0) } : nil,
            move: mayMove ? "/sales/deals/\(deal.id)/stage" : nil,
            choices: mayMove ? deal.stage.reachable.map { viewer.choice($0) } : []
        )
    }

    /// The probability, and what the column is worth.
    private func note(_ stage: Deal.Stage, _ deals: [ListedDeal]) -> String {
        let sum = deals.compactMap(\.deal.expected).filter { $0.currency == "CNY" }.reduce(0) { $0 + $1.minor }
        let percent = "\(stage.probability)\u{00A0}%"
        return sum > 0 ? "\(percent) · \(viewer.moneyShort(sum, "CNY"))" : percent
    }
}

extension Viewer {
    func badge(of stage: Deal.Stage) -> Badge {
        let tone: Badge.Tone =
            switch stage {
            case .won: .good
            case .lost: .bad
            default: .accent
            }
        return Badge(text("deal-stage.\(stage.rawValue)"), tone)
    }

    func choice(_ stage: Deal.Stage) -> Field.Choice {
        Field.Choice(stage.rawValue, text("deal-stage.\(stage.rawValue)"))
    }
}

/// A deal's page.
struct DealPage: Sendable {
    struct FormView: Sendable {
        let action: String
        let fields: [Field]
    }

    let header: PageHeader
    let facts: [Fact]
    let holds: Table?
    let timeline: [TimelineEntry]
    let stage: FormView?
    let hold: FormView?
    let contract: FormView?
    let loss: FormView?
}

/// What a deal's page is made of.
struct DealRecord: Sendable {
    let deal: Deal
    let customer: Customer
    let owner: String?
    let history: [(stage: String, enteredAt: Date, leftAt: Date?)]
    let holds: [(hold: UnitHold, unit: Unit)]
    let free: [Unit]
    let contract: SaleContract?
}

/// Builds a deal's page.
struct DealView {
    let viewer: Viewer
    let access: Access
    let record: DealRecord

    private var deal: Deal { record.deal }

    var page: DealPage {
        let isOpen = deal.stage.isOpen && access.mayAct(on: deal)
        return DealPage(
            header: header,
            facts: facts,
            holds: record.holds.isEmpty ? nil : holds(mayRelease: isOpen),
            timeline: record.history.reversed().map(entry),
            stage: isOpen ? stageForm : nil,
            hold: isOpen && !record.free.isEmpty ? holdForm : nil,
            contract: isOpen && !record.holds.isEmpty ? contractForm : nil,
            loss: isOpen ? lossForm : nil
        )
    }

    private var header: PageHeader {
        PageHeader(
            deal.title,
            sub: deal.expected.map { viewer.money($0.minor, $0.currency) },
            badges: [viewer.badge(of: deal.stage)],
            actions: [Action(viewer.text("deals.open-customer"), "/sales/customers/\(deal.uid)")]
        )
    }

    private var facts: [Fact] {
        var facts = [
            Fact(viewer.text("deals.customer"), viewer.name(of: record.customer), href: "/sales/customers/\(deal.uid)"),
            Fact(viewer.text("deals.probability"), "\(deal.stage.probability)\u{00A0}%"),
            Fact(viewer.text("customers.owner"), record.owner ?? viewer.text("common.nobody")),
            Fact(viewer.text("deals.opened-at"), viewer.day(deal.openedAt)),
        ]
        if let project = deal.project { facts.append(Fact(viewer.text("deals.project"), viewer.project(project))) }
        if let contract = record.contract {
            facts += [
                Fact(viewer.text("deals.contract-number"), contract.number),
                Fact(viewer.text("deals.price"), viewer.money(contract.price.minor, contract.price.currency)),
                Fact(viewer.text("deals.unit"), contract.unit.number, href: "/sales/units/\(contract.unit.id)"),
            ]
        }
        if let reason = deal.lostReason {
            facts.append(Fact(viewer.text("deals.reason"), viewer.text("reason.\(reason.rawValue)")))
        }
        return facts
    }

    private func holds(mayRelease: Bool) -> Table {
        Table(
            viewer.text("deals.held"),
            [.init(viewer.text("deals.unit")), .init(viewer.text("units.price")), .init(viewer.text("units.until"))],
            record.holds.map { hold, unit in
                Table.Row(
                    id: hold.id.uuidString,
                    href: "/sales/units/\(unit.id)",
                    [
                        .text(unit.number, sub: "\(viewer.layout(unit.layout)) · \(viewer.area(unit.area))"),
                        .text(viewer.moneyShort(unit.price.minor, unit.price.currency)),
                        .clock(viewer.clock(due: hold.expiresAt, soon: .seconds(4 * 3_600))),
                    ]
                )
            },
            empty: Empty("", "")
        )
    }

    private func entry(_ step: (stage: String, enteredAt: Date, leftAt: Date?)) -> TimelineEntry {
        let spent = step.leftAt.map { viewer.span($0.timeIntervalSince(step.enteredAt)) }
        return TimelineEntry(
            at: viewer.time(step.enteredAt),
            icon: "deal",
            tone: step.leftAt == nil ? .accent : .neutral,
            viewer.word("deal-stage", step.stage),
            text: spent.map { viewer.text("deals.time-in-stage", ["time": $0]) }
        )
    }
}

extension DealView {
    private var stageForm: DealPage.FormView {
        let choices = deal.stage.reachable.reversed().map { viewer.choice($0) }
        return DealPage.FormView(
            action: "/sales/deals/\(deal.id)/stage",
            fields: [.select("to", viewer.text("deals.stage"), choices, isRequired: true)]
        )
    }

    private var holdForm: DealPage.FormView {
        let units = record.free.map { unit in
            let price = viewer.moneyShort(unit.price.minor, unit.price.currency)
            return Field.Choice(
                unit.id.description,
                "\(unit.number) · \(viewer.layout(unit.layout)) · \(viewer.area(unit.area)) · \(price)",
                isChosen: unit.id == deal.unitID
            )
        }
        return DealPage.FormView(
            action: "/sales/deals/\(deal.id)/hold",
            fields: [.select("unit", viewer.text("deals.unit"), units, isRequired: true)]
        )
    }

    private var contractForm: DealPage.FormView {
        let price = record.holds.first.map { String($0.unit.price.minor / 100) } ?? ""
        var fields = [
            Field("price", viewer.text("deals.price-yuan"), value: price, type: "number", isRequired: true),
            Field("number", viewer.text("deals.contract-number"), hint: viewer.text("deals.number-hint")),
            Field("handoverDueAt", viewer.text("deals.handover-due"), type: "date"),
        ]
        if record.holds.count > 1 {
            let units = record.holds.map { Field.Choice($0.unit.id.description, $0.unit.number) }
            fields.insert(.select("unit", viewer.text("deals.unit"), units, isRequired: true), at: 0)
        }
        return DealPage.FormView(action: "/sales/deals/\(deal.id)/contract", fields: fields)
    }

    private var lossForm: DealPage.FormView {
        let reasons = Deal.LossReason.allCases.map {
            Field.Choice($0.rawValue, viewer.text("reason.\($0.rawValue)"))
        }
        return DealPage.FormView(
            action: "/sales/deals/\(deal.id)/lose",
            fields: [
                .select("reason", viewer.text("deals.reason"), reasons, isRequired: true),
                .area("note", viewer.text("contacts.note")),
            ]
        )
    }
}
