import Foundation

/// The templates of a folder, and what must hold for all of them.
enum TemplateFolder {
    /// The text of every `.mustache` file by its name; those in `components/` go by their bare name.
    static func texts(in folder: URL) throws -> [String: String] {
        guard let paths = FileManager.default.enumerator(atPath: folder.path) else { return [:] }
        var texts: [String: String] = [:]
        for case let path as String in paths where path.hasSuffix(".mustache") {
            let name = path.dropLast(".mustache".count)
            let bare = name.hasPrefix("components/") ? name.dropFirst("components/".count) : name
            texts[String(bare)] = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        }
        return texts
    }

    /// The tags of each template, when none is unescaped and each partial and each word exists.
    static func checked(_ texts: [String: String], strings: Strings) throws -> [String: [TemplateTag]] {
        var trees: [String: [TemplateTag]] = [:]
        for (name, text) in texts {
            let tags = try TemplateReader.tags(of: text, named: name)
            try check(tags, of: name, partials: Set(texts.keys), strings: strings)
            trees[name] = tags
        }
        return trees
    }

    private static func check(
        _ tags: [TemplateTag],
        of template: String,
        partials: Set<String>,
        strings: Strings
    ) throws {
        for tag in tags {
            switch tag {
            case .unescaped(let name):
                throw TemplateFault(template: template, what: "{{{\(name)}}} would not be escaped")
            case .variable(let name) where name.hasPrefix("t."):
                guard strings.knows(String(name.dropFirst(2))) else {
                    throw TemplateFault(template: template, what: "{{\(name)}} is a word that no glossary has")
                }
            case .variable: break
            case .partial(let name):
                try check(partial: name, of: template, partials)
            case .parent(let name, let inner):
                try check(partial: name, of: template, partials)
                try check(inner, of: template, partials: partials, strings: strings)
            case .section(_, let inner), .inverted(_, let inner), .block(let inner):
                try check(inner, of: template, partials: partials, strings: strings)
            }
        }
    }

    private static func check(partial name: String, of template: String, _ partials: Set<String>) throws {
        guard partials.contains(name) else {
            throw TemplateFault(template: template, what: "there is no template \(name)")
        }
    }
}
