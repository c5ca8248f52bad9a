import Contracts
import Foundation

/// A field of the intake contract that a platform's field may stand for.
struct FieldTarget: Sendable, Equatable {
    let path: String

    static let paths = plain + consents

    private static let plain = [
        "externalId", "campaign", "submittedAt", "person/name", "person/phones", "person/emails", "person/wechat",
        "person/language", "need/purpose", "need/projects", "need/districts", "need/layouts", "need/budget/min",
        "need/budget/max", "need/area/min", "need/area/max", "need/timeframe", "message", "referrer/code",
        "consent/words",
    ]

    /// By a means for everything, or for one purpose.
    private static let consents = ([""] + ConsentPurpose.allCases.map { $0.rawValue + "/" }).flatMap { purpose in
        ConsentMeans.allCases.map { "consent/\(purpose)\($0.rawValue)" }
    }

    /// One of ``paths``, or `attributes/` and any name.
    init?(_ path: String) {
        let isAttribute = path.hasPrefix("attributes/") && path.count > "attributes/".count
        guard isAttribute || FieldTarget.paths.contains(path) else { return nil }
        self.path = path
    }
}

extension SubmitLead {
    /// Notes what a platform's field says; what cannot be read as what it should be is kept as an attribute.
    mutating func note(_ texts: [String], as target: FieldTarget, zone: TimeZone) {
        guard let first = texts.first else { return }
        var wish = need ?? Need()
        switch target.path {
        case "externalId": externalId = externalId ?? first
        case "campaign": campaign = campaign ?? first
        case "submittedAt": submittedAt = submittedAt ?? PlatformTime.read(first, zone: zone)
        case "person/name": person.name = person.name ?? first
        case "person/phones": person.phones = (person.phones ?? []) + texts
        case "person/emails": person.emails = (person.emails ?? []) + texts
        case "person/wechat": person.wechat = person.wechat ?? first
        case "person/language": person.language = person.language ?? first
        case "need/purpose": wish.purpose = first
        case "need/projects": wish.projects = (wish.projects ?? []) + texts.listed
        case "need/districts": wish.districts = (wish.districts ?? []) + texts.listed
        case "need/layouts": wish.layouts = (wish.layouts ?? []) + texts.listed
        case "need/timeframe": wish.timeframe = first
        case "message": message = [message, texts.joined(separator: "\n")].compactMap { $0 }.joined(separator: "\n")
        case "referrer/code": referrer = Referrer(code: first)
        case "consent/words": consent = (consent ?? Consent()).worded(first)
        case let path where path.hasPrefix("consent/"): agree(to: path, first.meansYes)
        default: noteNumber(first, as: target.path, &wish)
        }
        if wish != Need() { need = wish }
    }

    private mutating func noteNumber(_ text: String, as path: String, _ wish: inout Need) {
        let minor = PlatformAmount.yuan(text).map { $0 * 100 }
        switch (path, minor, Double(text)) {
        case ("need/budget/min", let minor?, _):
            wish.budget = MoneyRange(min: minor, max: wish.budget?.max, currency: "CNY")
        case ("need/budget/max", let minor?, _):
            wish.budget = MoneyRange(min: wish.budget?.min, max: minor, currency: "CNY")
        case ("need/area/min", _, let area?): wish.area = AreaRange(min: area, max: wish.area?.max)
        case ("need/area/max", _, let area?): wish.area = AreaRange(min: wish.area?.min, max: area)
        default:
            let name = path.hasPrefix("attributes/") ? String(path.dropFirst("attributes/".count)) : path
            attributes = (attributes ?? [:]).merging([name: text]) { first, _ in first }
        }
    }

    private mutating func agree(to path: String, _ yes: Bool) {
        let parts = path.split(separator: "/").dropFirst().map(String.init)
        guard let means = parts.last.flatMap(ConsentMeans.init(rawValue:)) else { return }
        var agreed = consent ?? Consent()
        if parts.count == 1 {
            agreed[means] = yes
        } else {
            agreed.purposes = agreed.purposes ?? [:]
            agreed.purposes?[parts[0], default: ConsentByMeans()][means] = yes
        }
        consent = agreed
    }
}

extension Consent {
    fileprivate func worded(_ words: String) -> Consent {
        var consent = self
        consent.words = words
        return consent
    }
}

/// Times as platforms write them: RFC 3339, seconds or milliseconds since 1970, or the office's own clock.
enum PlatformTime {
    static func read(_ text: String, zone: TimeZone) -> Date? {
        let text = text.trimmed
        if let number = Double(text), number > 0 {
            return Date(timeIntervalSince1970: number > 100_000_000_000 ? number / 1_000 : number)
        }
        // Meta writes +0000, without the colon.
        let zoned = text.replacing(/T(.*[+-][0-9]{2})([0-9]{2})$/) { "T\($0.1):\($0.2)" }
        if let date = try? Date(zoned, strategy: .iso8601) { return date }
        guard
            let match = text.wholeMatch(of: /([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?.*/),
            let day = Day(String(match.1)), let hour = Double(match.2), let minute = Double(match.3)
        else { return nil }
        let local = Double(day.number) * 86_400 + hour * 3_600 + minute * 60 + (match.4.flatMap { Double($0) } ?? 0)
        let guess = Date(timeIntervalSince1970: local)
        return guess.addingTimeInterval(-Double(zone.secondsFromGMT(for: guess)))
    }
}

/// Amounts as platforms write them: `3000000`, `300万`, `3,000,000`.
enum PlatformAmount {
    /// Whole yuan.
    static func yuan(_ text: String) -> Int64? {
        guard let match = text.replacing(",", with: "").trimmed.wholeMatch(of: /([0-9]{1,12}(?:\.[0-9]+)?)(万|w|W)?元?/),
            let number = Double(match.1)
        else { return nil }
        return Int64((number * (match.2 == nil ? 1 : 10_000)).rounded())
    }
}

extension [String] {
    /// The texts, each taken apart where it lists several.
    fileprivate var listed: [String] {
        flatMap { $0.split(whereSeparator: { ",，、;；".contains($0) }).map { String($0).trimmed } }.filter { !$0.isEmpty }
    }
}

extension String {
    fileprivate var meansYes: Bool { ["1", "true", "yes", "y", "on", "是", "同意"].contains(lowercased().trimmed) }
}
