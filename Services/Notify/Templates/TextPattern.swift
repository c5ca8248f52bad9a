/// A text with places for variables, such as `{customer}`.
///
/// Braces mean nothing else; there is no logic.
struct TextPattern: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case literal(String)
        case variable(String)
    }

    let pieces: [Piece]

    var variables: Set<String> {
        Set(
            pieces.compactMap { piece in
                if case .variable(let name) = piece { return name }
                return nil
            }
        )
    }

    /// - Throws: ``TemplateFault`` for a brace without its partner.
    init(_ text: String, file: String) throws {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw TemplateFault(file: file, problem: "a brace has no partner in: \(text)")
            }
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            pieces.append(.variable(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    /// Fills in every variable, or says which is missing: no text leaves with a hole.
    func filled(with values: [String: String]) throws(MissingVariable) -> String {
        var text = ""
        for piece in pieces {
            switch piece {
            case .literal(let literal): text += literal
            case .variable(let name):
                guard let value = values[name] else { throw MissingVariable(name: name) }
                text += value
            }
        }
        return text
    }
}

/// A variable that the text speaks of and its rule did not give.
struct MissingVariable: Error, Equatable {
    let name: String
}

/// A template file is wrong: the service does not start.
struct TemplateFault: Error, CustomStringConvertible {
    let file: String
    let problem: String

    var description: String { "\(file): \(problem)" }
}
