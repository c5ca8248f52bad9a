import Contracts
import Foundation
import Web

/// A value that a text speaks of; how it is written depends on the language.
enum TextVariable: Sendable, Equatable {
    case text(String)
    /// Words of ours.
    case words(english: String, chinese: String)
    case time(Date)
    /// By when something is to be done; as soon as possible when there is no deadline.
    case by(Date?)
    case count(Int)
    case money(Money)

    /// What kind of value it is, as template files declare it.
    enum Kind: String, Sendable, Decodable {
        case text
        case time
        case deadline
        case count
        case money
    }

    var kind: Kind {
        switch self {
        case .text, .words: .text
        case .time: .time
        case .by: .deadline
        case .count: .count
        case .money: .money
        }
    }

    /// A name, or what to say instead of it.
    static func name(_ name: String?) -> TextVariable {
        guard let name, !name.isEmpty else { return .words(english: "a customer", chinese: "客户") }
        return .text(name)
    }

    /// A project as people call it.
    static func project(_ key: String) -> TextVariable {
        .words(english: PlaceNames.project(key, in: .english), chinese: PlaceNames.project(key, in: .chinese))
    }

    /// A channel as people call it.
    static func channel(_ name: String) -> TextVariable {
        .words(english: PlaceNames.channel(name, in: .english), chinese: PlaceNames.channel(name, in: .chinese))
    }

    func written(in language: Language, zone: TimeZone) -> String {
        switch self {
        case .text(let text): return TextVariable.oneLine(text)
        case .words(let english, let chinese): return language == .chinese ? chinese : english
        case .count(let count): return "\(count)"
        case .money(let money): return TextVariable.written(money)
        case .time(let date): return TextVariable.written(date, in: language, zone: zone)
        case .by(nil): return language == .chinese ? "尽快" : "as soon as you can"
        case .by(let date?):
            let time = TextVariable.written(date, in: language, zone: zone)
            return language == .chinese ? "于\(time)前" : "by \(time)"
        }
    }

    /// Somebody else's text stays on one line and short: 200 characters.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 }.prefix(200))
    }

    private static func written(_ money: Money) -> String {
        let sign = money.currency == "CNY" ? "¥" : money.currency + " "
        return sign + (money.minor / 100).formatted(.number.locale(Locale(identifier: "en_US")))
    }

    private static func written(_ date: Date, in language: Language, zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.month, .day, .hour, .minute], from: date)
        let month = parts.month ?? 1
        let minutes = "\(TextVariable.two(parts.hour)):\(TextVariable.two(parts.minute))"
        return switch language {
        case .chinese: "\(month)月\(parts.day ?? 1)日 \(minutes)"
        case .english: "\(parts.day ?? 1) \(TextVariable.months[(month - 1) % 12]) \(minutes)"
        }
    }

    private static func two(_ number: Int?) -> String {
        let number = number ?? 0
        return number < 10 ? "0\(number)" : "\(number)"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
