import Contracts

/// How promising a lead is; it decides how fast somebody must call.
enum Grade: String, Codable, Sendable, Equatable, CaseIterable {
    case a = "A"
    case b = "B"
    case c = "C"
}

/// What grading looks at.
struct GradeInputs: Sendable, Equatable {
    /// The upper end of the budget in yuan, where it is in CNY.
    var budgetYuan: Int64?
    /// Whether any budget was named, in whatever currency.
    var hasBudget = false
    /// Within how many months the person wants to buy.
    var timeframeMonths: Int?
    /// How many of name, phone, e-mail, wechat, project or district, layout or area, budget, timeframe are known: 0…8.
    var completeness = 0
    var channelKind: String
    var hasReferrer = false
    var hasMessage = false
    var hasProject = false
    /// Whether they came to see us since.
    var hasVisited = false
    var hasDistrict = false
    /// The lower end, in whole square metres.
    var area: Int64?
    var purpose: String?
    /// Of the enquiry that made the lead.
    var channel: String?
    var campaign: String?
    /// Whether they had a lead before this one.
    var isReturning = false

    /// As text, for a ``Contracts/Why``; it tells nothing of who the person is.
    var asText: [String: String] {
        var text = [
            "channelKind": channelKind, "completeness": "\(completeness)/8", "referrer": hasReferrer ? "yes" : "no",
            "message": hasMessage ? "yes" : "no", "project": hasProject ? "yes" : "no",
        ]
        text["budgetYuan"] = budgetYuan.map(String.init) ?? (hasBudget ? "other currency" : "unknown")
        text["timeframeMonths"] = timeframeMonths.map(String.init) ?? "unknown"
        text["visited"] = hasVisited ? "yes" : nil
        text["hasDistrict"] = hasDistrict ? "yes" : nil
        text["area"] = area.map(String.init)
        text["purpose"] = purpose
        text["channel"] = channel
        text["campaign"] = campaign
        text["returning"] = isReturning ? "yes" : nil
        return text
    }

}

extension GradeInputs {
    /// What a ``Contracts/Why`` has kept: the decision can be made again from it, or from it and what is new.
    init(asText text: [String: String]) {
        budgetYuan = text["budgetYuan"].flatMap { Int64($0) }
        hasBudget = text["budgetYuan"].map { $0 != "unknown" } ?? false
        timeframeMonths = text["timeframeMonths"].flatMap { Int($0) }
        completeness = text["completeness"].flatMap { $0.split(separator: "/").first }.flatMap { Int($0) } ?? 0
        channelKind = text["channelKind"] ?? "unknown"
        hasReferrer = text["referrer"] == "yes"
        hasMessage = text["message"] == "yes"
        hasProject = text["project"] == "yes"
        hasVisited = text["visited"] == "yes"
        hasDistrict = text["hasDistrict"] == "yes"
        area = text["area"].flatMap { Int64($0) }
        purpose = text["purpose"]
        channel = text["channel"]
        campaign = text["campaign"]
        isReturning = text["returning"] == "yes"
    }

    /// What is known after one more enquiry: it says more, and of budget and time what holds now.
    func adding(_ newer: GradeInputs) -> GradeInputs {
        var inputs = self
        if newer.hasBudget { inputs.budgetYuan = newer.budgetYuan }
        inputs.hasBudget = hasBudget || newer.hasBudget
        inputs.timeframeMonths = newer.timeframeMonths ?? timeframeMonths
        inputs.completeness = max(completeness, newer.completeness)
        if GradeTable.personalKinds.contains(newer.channelKind) { inputs.channelKind = newer.channelKind }
        inputs.hasReferrer = hasReferrer || newer.hasReferrer
        inputs.hasMessage = hasMessage || newer.hasMessage
        inputs.hasProject = hasProject || newer.hasProject
        inputs.hasVisited = hasVisited || newer.hasVisited
        inputs.hasDistrict = hasDistrict || newer.hasDistrict
        inputs.area = newer.area ?? area
        inputs.purpose = newer.purpose ?? purpose
        return inputs
    }
}

extension GradeInputs {
    /// What is known once something else is known to be wanted.
    func correcting(_ before: Need, to after: Need) -> GradeInputs {
        var inputs = self
        inputs.take(after)
        inputs.completeness = min(8, max(0, completeness + Self.known(of: after) - Self.known(of: before)))
        return inputs
    }

    /// What a need says by itself.
    private mutating func take(_ need: Need?) {
        let budget = need?.budget
        let top = budget?.max ?? budget?.min
        hasBudget = top != nil
        budgetYuan = (budget?.currency ?? "CNY") == "CNY" ? top.map { $0 / 100 } : nil
        timeframeMonths = need?.timeframe.flatMap(GradeInputs.months)
        hasProject = !(need?.projects ?? []).isEmpty
        hasDistrict = !(need?.districts ?? []).isEmpty
        area = (need?.area?.min ?? need?.area?.max).map { Int64($0) }
        purpose = need?.purpose
    }

    /// How many of the four things that a need may say are known: where, what, for how much, when.
    private static func known(of need: Need?) -> Int {
        let said = [
            !(need?.projects ?? []).isEmpty || !(need?.districts ?? []).isEmpty,
            !(need?.layouts ?? []).isEmpty || need?.area != nil,
            need?.budget?.max != nil || need?.budget?.min != nil, need?.timeframe.flatMap(GradeInputs.months) != nil,
        ]
        return said.count { $0 }
    }

    init(_ enquiry: Enquiry, channelKind: String, isReturning: Bool = false) {
        self.channelKind = channelKind
        self.isReturning = isReturning
        channel = enquiry.channel
        campaign = enquiry.campaign
        take(enquiry.need)
        hasReferrer = enquiry.referrer != nil
        hasMessage = enquiry.message != nil
        let reached = [enquiry.name != nil, !enquiry.phones.isEmpty, !enquiry.emails.isEmpty, enquiry.wechat != nil]
        completeness = reached.count { $0 } + Self.known(of: enquiry.need)
    }

    /// `3m` is 3, `1y` is 12; anything else is not understood.
    static func months(_ text: String) -> Int? {
        guard let unit = text.last, let number = Int(text.dropLast()), number > 0, number <= 120 else { return nil }
        switch unit {
        case "m": return number
        case "y": return number * 12
        default: return nil
        }
    }
}
