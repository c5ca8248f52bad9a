import Contracts
import Failures
import Foundation

/// What a platform posted, taken apart: a tree of texts.
indirect enum Payload: Sendable, Equatable {
    case object([String: Payload])
    case list([Payload])
    case text(String)
    case nothing

    /// Deeper nesting is nobody's lead.
    private static let depthLimit = 32

    /// Reads JSON or a form.
    ///
    /// Unlike the intake's own contract it takes whole numbers beyond 2^53: platforms' ids are.
    init(_ body: [UInt8], contentType: String?) throws {
        guard !body.isEmpty else { throw Rejection.invalid("body", "empty-body", "The body is empty.") }
        guard let text = String(validating: body, as: UTF8.self) else {
            throw Rejection.invalid("body", "not-utf8", "The body is not UTF-8.")
        }
        if contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true {
            self = try Payload.form(text)
            return
        }
        guard Payload.depth(of: body) <= Payload.depthLimit else {
            throw Rejection.invalid("body", "too-deep", "The body nests deeper than \(Payload.depthLimit) levels.")
        }
        do {
            self = try JSONDecoder().decode(Payload.self, from: Data(body))
        } catch {
            throw Rejection.invalid("body", "malformed-json", "The body is not valid JSON.")
        }
    }

    /// The parts at a path, whose `*` stands for every element of a list.
    ///
    /// What is not there gives nothing; a list at its end gives its elements.
    func parts(at path: String) -> [Payload] {
        var found = [self]
        for step in path.split(separator: "/").map(String.init) {
            found = found.flatMap { part -> [Payload] in
                switch part.opened {
                case .object(let members): members[step].map { [$0] } ?? []
                case .list(let elements):
                    step == "*" ? elements : Int(step).flatMap { elements[safe: $0] }.map { [$0] } ?? []
                case .text, .nothing: []
                }
            }
        }
        return found.flatMap { part -> [Payload] in
            if case .list(let elements) = part.opened { return elements.map(\.opened) }
            return [part.opened]
        }
    }

    /// Every text in it by its path; of lists of names with values, as Meta's `field_data` is, by the name.
    var texts: [String: [String]] {
        var texts: [String: [String]] = [:]
        collect(under: "", into: &texts)
        return texts
    }

    /// As JSON, always the same for the same content, without what PostgreSQL cannot store.
    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    /// With what another object has besides.
    func merged(with other: Payload) -> Payload {
        guard case .object(let mine) = self, case .object(let theirs) = other else { return self }
        return .object(mine.merging(theirs) { first, _ in first })
    }

    private func collect(under path: String, into texts: inout [String: [String]]) {
        func below(_ step: String) -> String { path.isEmpty ? step : "\(path)/\(step)" }
        switch opened {
        case .object(let members):
            for (name, value) in members { value.collect(under: below(name), into: &texts) }
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                if case .text(let text) = element {
                    texts[path, default: []].append(text)
                } else if let named = element.named {
                    named.value.collect(under: below(named.name), into: &texts)
                } else {
                    element.collect(under: below("\(index)"), into: &texts)
                }
            }
        case .text(let text): if !text.trimmed.isEmpty { texts[path, default: []].append(text.withoutNUL) }
        case .nothing: break
        }
    }

    /// `{"name": …, "values": […]}`.
    private var named: (name: String, value: Payload)? {
        guard case .object(let members) = self, case .text(let name)? = members["name"],
            let value = members["values"] ?? members["value"]
        else { return nil }
        return (name, value)
    }

    /// A text that holds JSON itself, as some platforms wrap it, as what it holds.
    private var opened: Payload {
        guard case .text(let text) = self, let first = text.first, first == "{" || first == "[" else { return self }
        let bytes = Array(text.utf8)
        guard Payload.depth(of: bytes) <= Payload.depthLimit else { return self }
        return (try? JSONDecoder().decode(Payload.self, from: Data(bytes))) ?? self
    }

    private static func form(_ text: String) throws -> Payload {
        var members: [String: [Payload]] = [:]
        for pair in text.split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { String($0).replacing("+", with: " ").removingPercentEncoding }
            guard let name = sides[0], let value = sides.count > 1 ? sides[1] : "" else {
                throw Rejection.invalid("body", "form-malformed", "The form cannot be read.")
            }
            members[name, default: []].append(.text(value))
        }
        return .object(members.mapValues { $0.count == 1 ? $0[0] : .list($0) })
    }

    /// How deep brackets nest outside of strings: the decoder recurses, so this is known before it runs.
    private static func depth(of body: [UInt8]) -> Int {
        var (depth, deepest, isInText, isEscaped) = (0, 0, false, false)
        for byte in body {
            if isEscaped {
                isEscaped = false
            } else if isInText {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isInText = false }
            } else if byte == UInt8(ascii: "\"") {
                isInText = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
                deepest = max(deepest, depth)
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            }
        }
        return deepest
    }
}

extension Payload: Decodable {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .nothing
        } else if let flag = try? value.decode(Bool.self) {
            self = .text(flag ? "true" : "false")
        } else if let whole = try? value.decode(Int64.self) {
            self = .text(String(whole))
        } else if let number = try? value.decode(Double.self) {
            self = .text(String(number))
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([Payload].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: Payload].self))
        }
    }
}

extension Payload: Encodable {
    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .object(let members):
            let named = members.map { ($0.key.withoutNUL, $0.value) }
            try container.encode(Dictionary(named) { first, _ in first })
        case .list(let elements): try container.encode(elements)
        case .text(let text): try container.encode(text.withoutNUL)
        case .nothing: try container.encodeNil()
        }
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
