import Postgres

/// The SQL of a figure's leads.
enum ReturnFilterStore {
    /// What a lead `l` must fulfil.
    static func condition(_ filter: ReturnFilter) -> SQL {
        var conditions: [SQL] = []
        if let from = filter.from { conditions.append("r.day >= \(from.text)::date") }
        if let to = filter.to { conditions.append("r.day <= \(to.text)::date") }
        let isFirst = filter.touch == "first"
        if let channel = filter.channel {
            conditions.append(isFirst ? "r.first_channel = \(channel)" : "r.last_channel = \(channel)")
        }
        if let campaign = filter.campaign {
            conditions.append(isFirst ? "r.first_campaign = \(campaign)" : "r.last_campaign = \(campaign)")
        }
        switch filter.reached {
        case "valid": conditions.append("r.is_valid")
        case "contacted": conditions.append("r.is_contacted")
        case "visited": conditions.append("r.is_visited")
        case "won": conditions.append("r.is_won")
        default: break
        }
        let everything: SQL = "true"
        let all = conditions.reduce(everything) { "\($0) AND \($1)" }
        return "l.id IN (SELECT r.lead_id FROM return_leads r WHERE \(all))"
    }
}
