import Contracts
import Foundation
import Postgres
import Web

/// What a list of leads can be narrowed by, and what it is.
struct LeadListFilters: Sendable {
    /// What there is to choose from.
    struct Ground: Sendable {
        var staff: [StaffMember] = []
        var channels: [String] = []
        var campaigns: [String] = []
        var projects: [String] = []
        var pools: [Pool] = []
        var saved: [SavedView] = []
        var counts: [String: Int] = [:]
        /// Whether a probability is said of any lead.
        var isScored = false
    }

    /// Probabilities from which on leads are asked for, in percent.
    private static let steps = [25, 50, 75]
    /// Nobody reads on from here, and a pool may hold a hundred thousand.
    fileprivate static let countedUpTo = 1_000

    let wanted: LeadListQuery
    let ground: Ground
    let who: Principal
    let viewer: Viewer

    /// All, mine, the pool, what is overdue, and what the person has saved.
    var views: [FilterLink] {
        let names = who.leadSight.seesOthers ? ["all", "mine", "pool", "overdue"] : ["all", "overdue"]
        let standard = names.map { name in
            FilterLink(
                viewer.text("leads.view.\(name)"),
                wanted.with(.view, name == "all" ? nil : name).href(),
                count: ground.counts[name].map(counted),
                isCurrent: wanted.view == name
            )
        }
        let saved = ground.saved.map { view in
            let query = LeadListQuery(stored: view.query)
            return FilterLink(view.name, query.href(), isCurrent: query == wanted)
        }
        return standard + saved
    }

    private func counted(_ count: Int) -> String {
        count > Self.countedUpTo ? viewer.number(Self.countedUpTo) + "+" : viewer.number(count)
    }

    /// What is to be called, grades, statuses and probabilities, one click each; the same click again takes them back.
    var quick: [FilterLink] {
        let grades = Grade.allCases.map { grade in
            toggle(.grade, grade.rawValue, viewer.text("leads.grade", ["grade": grade.rawValue]))
        }
        let statuses = Lead.Status.allCases.map { status in
            toggle(.status, status.rawValue, viewer.text("leads.status.\(status.rawValue)"))
        }
        let probabilities = (ground.isScored ? Self.steps : []).map { percent in
            toggle(.percent, "\(percent)", viewer.text("leads.probable", ["percent": Score.percent(percent)]))
        }
        let due = LeadListQuery.Due.allCases.map { toggle(.due, $0.rawValue, viewer.text("leads.due.\($0.rawValue)")) }
        return due + grades + statuses + probabilities
    }

    /// How the list is sorted; by the probability once it is said of leads.
    var orders: [FilterLink] {
        let orders = LeadOrder.allCases.filter { order in
            ground.isScored || order == wanted.order || ![.likeliest, .unlikeliest].contains(order)
        }
        return orders.map { order in
            FilterLink(
                viewer.text("leads.order.\(order.rawValue)"),
                wanted.with(.order, order == .newest ? nil : order.rawValue).href(),
                isCurrent: wanted.order == order
            )
        }
    }

    private func toggle(_ part: LeadListQuery.Part, _ value: String, _ label: String) -> FilterLink {
        let isSet = wanted[part] == value
        return FilterLink(label, wanted.with(part, isSet ? nil : value).href(), isCurrent: isSet)
    }

    /// What else narrows the list, each of which a click takes back.
    var chips: [FilterLink] {
        let shownAbove = Set(quick.filter(\.isCurrent).map(\.href))
        return LeadListQuery.Part.allCases.compactMap { part in
            guard ![.view, .grade, .status, .order].contains(part), let value = wanted[part],
                !shownAbove.contains(wanted.with(part, nil).href())
            else { return nil }
            let text = viewer.text("leads.filter.is", ["what": label(part), "value": shown(part, value)])
            return FilterLink(text, wanted.with(part, nil).href(), isCurrent: true)
        }
    }

    /// The parts that are chosen in a form.
    private var chosen: [LeadListQuery.Part] {
        (who.leadSight.seesOthers ? [.owner, .team] : []) + [.channel, .campaign, .project, .stage, .period]
    }

    /// What the form with these keeps of the list.
    var others: [URLQueryItem] { wanted.items(without: Set(chosen)) }

    /// These, with what there is to choose from.
    var fields: [Field] {
        chosen.map { part in
            let options = options(part)
            let known = Set(options.map(\.value))
            // A link may name what the choice does not have any more.
            let more = wanted[part].flatMap { known.contains($0) ? nil : Field.Choice($0, $0, isChosen: true) }
            return .select(
                part.rawValue,
                label(part),
                [Field.Choice("", viewer.text("leads.filter.any"))] + options + (more.map { [$0] } ?? [])
            )
        }
    }

    private func options(_ part: LeadListQuery.Part) -> [Field.Choice] {
        let values: [String] =
            switch part {
            case .owner: ground.staff.map(\.id.description)
            case .team: teams.map(\.id)
            case .channel: ground.channels
            case .campaign: ground.campaigns
            case .project: ground.projects
            case .stage: LifeStage.allCases.map(\.rawValue)
            case .period: LeadListQuery.Period.allCases.map(\.rawValue)
            case .view, .grade, .status, .percent, .due, .search, .order: []
            }
        return values.map { Field.Choice($0, shown(part, $0), isChosen: wanted[part] == $0) }
    }

    private var teams: [(id: String, name: String)] {
        var seen: Set<String> = []
        return ground.staff.compactMap { member in
            guard let id = member.teamID?.description, seen.insert(id).inserted else { return nil }
            return (id, member.teamName ?? id)
        }
    }

    private func label(_ part: LeadListQuery.Part) -> String { viewer.text("exports.filter.\(part.rawValue)") }

    private func shown(_ part: LeadListQuery.Part, _ value: String) -> String {
        switch part {
        case .owner: ground.staff.first { $0.id.description == value }?.name ?? viewer.text("common.unknown")
        case .team: teams.first { $0.id == value }?.name ?? viewer.text("common.unknown")
        case .channel: viewer.channel(value)
        case .project: viewer.project(value)
        case .stage: viewer.text("life.stage.\(value)")
        case .period: viewer.text("leads.period.\(value)")
        case .due: viewer.text("leads.due.\(value)")
        case .percent: viewer.text("leads.at-least", ["percent": Score.percent(Int(value) ?? 0)])
        case .view, .grade, .status, .campaign, .search, .order: value
        }
    }
}

extension LeadListFilters {
    /// What can be done with several leads at once, for whoever may.
    var bulk: LeadListPage.Bulk? {
        guard who.leadSight.mayAct else { return nil }
        let agents = ground.staff.filter { $0.isActive && $0.role == "agent" }
        let own = who.scope == .team ? agents.filter { $0.teamID?.uuid == who.teamID } : agents
        let isOfGivenUp = wanted[.status] == Lead.Status.discarded.rawValue
        let mayPlace = who.leadSight.mayLead && !isOfGivenUp
        return LeadListPage.Bulk(
            back: wanted.query,
            agents: mayPlace && !own.isEmpty
                ? .select("agent", label(.owner), own.map { Field.Choice($0.id.description, $0.name) }) : nil,
            mayPool: mayPlace,
            pools: ground.pools.count > 1
                ? .select(
                    "pool",
                    viewer.text("rules.pool"),
                    ground.pools.map { Field.Choice($0.name, PoolWords.title($0, viewer)) }
                ) : nil,
            reason: .select(
                "reason",
                viewer.text("leads.fact.discarded"),
                DiscardReason.choosable.map { Field.Choice($0.rawValue, viewer.text("leads.reason.\($0.rawValue)")) }
            ),
            reopen: isOfGivenUp && who.leadSight.mayLead
                ? .select(
                    "again",
                    viewer.text("leads.bulk.again"),
                    ReopenReason.allCases.map { Field.Choice($0.rawValue, viewer.text("leads.again.\($0.rawValue)")) }
                ) : nil
        )
    }
}

extension LeadListFilters.Ground {
    /// What somebody's list may be narrowed by now.
    init(_ wanted: LeadListQuery, _ who: Principal, _ now: Date, _ tx: Transaction) async throws {
        let store = LeadQueryStore(tx)
        let places = try await SavedViewStore(tx).places()
        staff = try await StaffStore(tx).sellers()
        channels = try await ChannelStore(tx).all().keys.sorted()
        campaigns = places.campaigns
        projects = places.projects
        pools = try await PoolStore(tx).all().filter { $0.isOpen(to: who) }
        saved = try await SavedViewStore(tx).of(StaffID(who.staffID))
        isScored = try await LeadScoreStore(tx).speaks()
        for view in ["mine", "pool", "overdue"] {
            let filter = LeadListQuery.filter(of: view, who, now)
            counts[view] = try await store.count(filter, who.leadSight, atMost: LeadListFilters.countedUpTo)
        }
    }
}
