/// An amount of money: minor units (分, cents) and an ISO 4217 code.
public struct Money: Codable, Sendable, Equatable {
    /// In the currency's minor unit.
    public var minor: Int64
    /// ISO 4217, three capital letters.
    public var currency: String

    public init(minor: Int64, currency: String = "CNY") {
        self.minor = minor
        self.currency = currency
    }
}

/// Why a decision came out as it did: enough to repeat it.
public struct Why: Codable, Sendable, Equatable {
    /// The rule's stable name: `grade.a.budget-and-timeframe`.
    public var rule: String
    /// The version of the rule set that it belongs to.
    public var version: Int
    /// What the rule looked at, as text, by name.
    ///
    /// Holds no phone number, mail address or name of a customer.
    public var inputs: [String: String]
    /// What was tried before it and did not match, in order.
    public var tried: [String]?
    /// One sentence: what would have changed the outcome.
    public var otherwise: String?

    public init(
        rule: String,
        version: Int,
        inputs: [String: String] = [:],
        tried: [String]? = nil,
        otherwise: String? = nil
    ) {
        self.rule = rule
        self.version = version
        self.inputs = inputs
        self.tried = tried
        self.otherwise = otherwise
    }
}

/// How a person is called and reached.
public struct PersonCard: Codable, Sendable, Equatable {
    public var name: String?
    /// E.164.
    public var phones: [String]
    /// Lower-cased.
    public var emails: [String]
    public var wechat: String?
    /// BCP 47: `zh`, `en`.
    public var language: String?

    public init(
        name: String? = nil,
        phones: [String] = [],
        emails: [String] = [],
        wechat: String? = nil,
        language: String? = nil
    ) {
        self.name = name
        self.phones = phones
        self.emails = emails
        self.wechat = wechat
        self.language = language
    }
}

/// What a person wants to buy or rent.
public struct Need: Codable, Sendable, Equatable {
    /// `buy` or `rent`.
    public var purpose: String?
    public var projects: [String]?
    public var districts: [String]?
    public var layouts: [String]?
    public var budget: MoneyRange?
    /// Square metres.
    public var area: AreaRange?
    /// `1m`, `3m`, `6m`, `12m`: within so many months.
    public var timeframe: String?

    public init(
        purpose: String? = nil,
        projects: [String]? = nil,
        districts: [String]? = nil,
        layouts: [String]? = nil,
        budget: MoneyRange? = nil,
        area: AreaRange? = nil,
        timeframe: String? = nil
    ) {
        self.purpose = purpose
        self.projects = projects
        self.districts = districts
        self.layouts = layouts
        self.budget = budget
        self.area = area
        self.timeframe = timeframe
    }
}

extension Need {
    /// What is wanted after something else was said.
    ///
    /// Field by field, since a form that asks for less takes nothing back.
    public func updated(by later: Need) -> Need {
        Need(
            purpose: later.purpose ?? purpose,
            projects: later.projects?.isEmpty == false ? later.projects : projects,
            districts: later.districts?.isEmpty == false ? later.districts : districts,
            layouts: later.layouts?.isEmpty == false ? later.layouts : layouts,
            budget: later.budget ?? budget,
            area: later.area ?? area,
            timeframe: later.timeframe ?? timeframe
        )
    }
}

/// A range of money; both ends belong to it, in the currency's minor unit.
public struct MoneyRange: Codable, Sendable, Equatable {
    public var min: Int64?
    public var max: Int64?
    public var currency: String?

    public init(min: Int64? = nil, max: Int64? = nil, currency: String? = nil) {
        self.min = min
        self.max = max
        self.currency = currency
    }
}

/// A range of areas in square metres; both ends belong to it.
public struct AreaRange: Codable, Sendable, Equatable {
    public var min: Double?
    public var max: Double?

    public init(min: Double? = nil, max: Double? = nil) {
        self.min = min
        self.max = max
    }
}
