/// A language that the console speaks.
///
/// The raw value is the BCP 47 tag used in `lang` attributes and file names.
public enum Language: String, Sendable, Hashable, Codable, CaseIterable {
    case english = "en"
    case chinese = "zh-Hans"

    /// The language that a tag such as `zh-CN`, `zh` or `en-GB` asks for, if the console speaks it.
    public init?(tag: some StringProtocol) {
        let primary = tag.lowercased().split(whereSeparator: { $0 == "-" || $0 == "_" }).first
        switch primary {
        case "en": self = .english
        case "zh": self = .chinese
        default: return nil
        }
    }

    /// The first language of an Accept-Language header that the console speaks, by the header's weights.
    public static func preferred(in header: String) -> Language? {
        let wishes = header.split(separator: ",").compactMap { part -> (Language, Double)? in
            let pieces = part.split(separator: ";").map { $0.trimmed }
            guard let tag = pieces.first, let language = Language(tag: tag) else { return nil }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return weight > 0 ? (language, weight) : nil
        }
        return wishes.enumerated().max { ($0.element.1, -$0.offset) < ($1.element.1, -$1.offset) }?.element.0
    }

    /// What the language calls itself.
    public var ownName: String {
        switch self {
        case .english: "English"
        case .chinese: "中文"
        }
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmed: String {
        guard let start = firstIndex(where: { !$0.isWhitespace }),
            let end = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[start...end])
    }
}
