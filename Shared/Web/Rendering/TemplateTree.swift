import Foundation

/// The tags of a template, read for checking; rendering is swift-mustache's.
indirect enum TemplateTag: Sendable {
    case variable(String)
    case section(String, [TemplateTag])
    case inverted(String, [TemplateTag])
    case partial(String)
    /// `{{<layout}}`, with what its blocks hold.
    case parent(String, [TemplateTag])
    case block([TemplateTag])
    case unescaped(String)
}

/// What is wrong with a template.
struct TemplateFault: Error, CustomStringConvertible {
    let template: String
    let what: String

    var description: String { "\(template).mustache: \(what)" }
}

/// Reads the tags out of a template's text.
struct TemplateReader {
    private let name: String
    private var rest: Substring

    static func tags(of text: String, named name: String) throws -> [TemplateTag] {
        var reader = TemplateReader(name: name, rest: text[...])
        return try reader.tags(until: nil)
    }

    private mutating func tags(until closing: String?) throws -> [TemplateTag] {
        var tags: [TemplateTag] = []
        while let open = rest.range(of: "{{") {
            rest = rest[open.upperBound...]
            let isTriple = rest.hasPrefix("{")
            guard let close = rest.range(of: isTriple ? "}}}" : "}}") else {
                throw TemplateFault(template: name, what: "a tag is not closed")
            }
            let inside = rest[..<close.lowerBound]
            rest = rest[close.upperBound...]
            if inside.first == "/" {
                guard inside.dropFirst().trimmed == closing else {
                    throw TemplateFault(template: name, what: "{{\(inside)}} closes what is not open")
                }
                return tags
            }
            if let tag = try tag(inside, isTriple: isTriple) { tags.append(tag) }
        }
        guard closing == nil else { throw TemplateFault(template: name, what: "{{#\(closing ?? "")}} is not closed") }
        return tags
    }

    private mutating func tag(_ inside: Substring, isTriple: Bool) throws -> TemplateTag? {
        let body = inside.dropFirst().trimmed
        if isTriple { return .unescaped(body) }
        switch inside.first {
        case "!": return nil
        case "#": return .section(body, try tags(until: body))
        case "^": return .inverted(body, try tags(until: body))
        case ">": return .partial(body)
        case "<": return .parent(body, try tags(until: body))
        case "$": return .block(try tags(until: body))
        case "&": return .unescaped(body)
        case "=", "%": throw TemplateFault(template: name, what: "{{\(inside)}} is not used here")
        default: return .variable(inside.trimmed)
        }
    }
}
