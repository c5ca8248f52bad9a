public import Foundation

/// Every word that pages say, in every language: one glossary for all, and one file per service.
///
/// A file is a flat JSON object: `{"leads.title": "Leads", "leads.count": {"one": "{n} lead", "other": "{n} leads"}}`.
public struct Strings: Sendable {
    /// One entry as its file has it.
    enum Entry: Sendable, Equatable {
        case plain(String)
        case plural(one: String, other: String)

        var forms: [String] {
            switch self {
            case .plain(let text): [text]
            case .plural(let one, let other): [one, other]
            }
        }
    }

    /// Why the words could not be loaded.
    public enum LoadError: Error, CustomStringConvertible {
        case unreadable(file: String, reason: String)
        case saidTwice(key: String, file: String)

        public var description: String {
            switch self {
            case .unreadable(let file, let reason): "\(file) is not a strings file: \(reason)"
            case .saidTwice(let key, let file): "\(file) says \(key) again: it is said in another file already"
            }
        }
    }

    private var tables: [Language: [String: Entry]] = [:]

    /// Reads `strings.<language>.json` of each folder; a folder without such files is passed over.
    public init(folders: [URL]) throws {
        for language in Language.allCases {
            var table: [String: Entry] = [:]
            for folder in folders {
                let file = folder.appending(path: "strings.\(language.rawValue).json")
                guard FileManager.default.fileExists(atPath: file.path) else { continue }
                for (key, entry) in try Self.entries(of: file) {
                    guard table.updateValue(entry, forKey: key) == nil else {
                        throw LoadError.saidTwice(key: key, file: file.path)
                    }
                }
            }
            tables[language] = table
        }
    }

    private static func entries(of file: URL) throws -> [String: Entry] {
        do {
            return try JSONDecoder().decode([String: Entry].self, from: Data(contentsOf: file))
        } catch {
            throw LoadError.unreadable(file: file.path, reason: "\(error)")
        }
    }

    /// The words for `key`, with `{name}` replaced; what is missing shows as `⟦key⟧`, which tests look for.
    public func text(_ key: String, in language: Language, _ variables: [String: String] = [:]) -> String {
        switch tables[language]?[key] {
        case .plain(let text):
            fill(text, variables)
        case .plural(let one, let other):
            fill(variables["n"] == "1" ? one : other, variables)
        case nil:
            "⟦\(key)⟧"
        }
    }

    /// The words for `key` with their variables still in them: what a script fills in itself.
    func template(_ key: String, in language: Language) -> String {
        tables[language]?[key]?.forms.last ?? "⟦\(key)⟧"
    }

    /// Whether both languages know the key.
    public func knows(_ key: String) -> Bool {
        tables.values.allSatisfy { $0[key] != nil }
    }

    /// Every key of any language, sorted.
    public var keys: [String] {
        Set(tables.values.flatMap(\.keys)).sorted()
    }

    /// What is wrong with the words, one sentence each: keys or variables that one language lacks.
    public func verify() -> [String] {
        let all = keys
        var problems: [String] = []
        for key in all {
            let entries = Language.allCases.map { ($0, tables[$0]?[key]) }
            for (language, entry) in entries where entry == nil {
                problems.append("\(key) is not said in \(language.rawValue)")
            }
            let variables = entries.compactMap { $0.1.map(Self.variables) }
            if Set(variables).count > 1 {
                problems.append("\(key) has other variables in one language than in the other")
            }
            if all.contains(where: { $0.hasPrefix(key + ".") }) {
                problems.append("\(key) is both a word and the beginning of others: a template could not reach those")
            }
        }
        return problems
    }

    private static func variables(of entry: Entry) -> Set<String> {
        Set(entry.forms.flatMap { $0.matches(of: /\{([a-zA-Z]+)\}/).map { String($0.1) } })
    }

    private func fill(_ text: String, _ variables: [String: String]) -> String {
        guard text.contains("{") else { return text }
        return text.replacing(/\{([a-zA-Z]+)\}/) { match in
            variables[String(match.1)] ?? "⟦\(match.1)⟧"
        }
    }
}

extension Strings.Entry: Decodable {
    private enum Keys: String, CodingKey {
        case one
        case other
    }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .plain(text)
            return
        }
        let forms = try decoder.container(keyedBy: Keys.self)
        let other = try forms.decode(String.self, forKey: .other)
        self = .plural(one: try forms.decodeIfPresent(String.self, forKey: .one) ?? other, other: other)
    }
}
