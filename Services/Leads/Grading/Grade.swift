import Contracts

/// How promising a lead is; it decides how fast somebody must call.
enum Grade: String, Sendable, Equatable, CaseIterable {
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

    /// As text, for a ``Contracts/Why``; it tells nothing of who the person is.
    var asText: [String: String] {
        var text = [
            "channelKind": channelKind, "completeness": "\(completeness)/8", "referrer": hasReferrer ? "yes" : "no",
            "message": hasMessage ? "yes" : "no", "project": hasProject ? "yes" : "no",
        ]
        text["budgetYuan"] = budgetYuan.map(String.init) ?? (hasBudget ? "other currency" : "unknown")
        text["timeframeMonths"] = timeframeMonths.map(String.init) ?? "unknown"
        return text
    }
}

extension GradeInputs {
    init(_ enquiry: Enquiry, channelKind: String) {
        let need = enquiry.need
        let budget = need?.budget
        let top = budget?.max ?? budget?.min
        self.channelKind = channelKind
        hasBudget = top != nil
        budgetYuan = (budget?.currency ?? "CNY") == "CNY" ? top.map { $0 / 100 } : nil
        timeframeMonths = need?.timeframe.flatMap(GradeInputs.months)
        hasReferrer = enquiry.referrer != nil
        hasMessage = enquiry.message != nil
        hasProject = !(need?.projects ?? []).isEmpty
        let known = [
            enquiry.name != nil, !enquiry.phones.isEmpty, !enquiry.emails.isEmpty, enquiry.wechat != nil,
            hasProject || !(need?.districts ?? []).isEmpty, !(need?.layouts ?? []).isEmpty || need?.area != nil,
            hasBudget, timeframeMonths != nil,
        ]
        completeness = known.count { $0 }
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
