/// Checks a template against samples of its view: finds tags that would silently render as nothing.
struct TemplateCheck {
    private let templates: [String: [TemplateTag]]
    private let shared: Set<String>
    private var missing: Set<String> = []
    private var found: Set<String> = []
    private var unreached: Set<String> = []
    private var reached: Set<String> = []

    init(templates: [String: [TemplateTag]], shared: Set<String>) {
        self.templates = templates
        self.shared = shared
    }

    /// One sentence for each tag that no sample has a value for, and each section that no sample reaches.
    mutating func problems(of template: String, samples: [ViewNode]) -> [String] {
        guard let tags = templates[template] else { return ["there is no template \(template)"] }
        for sample in samples {
            walk(tags, in: template, stack: [sample])
        }
        let absent = missing.subtracting(found).map { "\($0): the view has no such field" }
        let silent = unreached.subtracting(reached).map { "\($0): no sample reaches what is inside" }
        return (absent + silent).sorted()
    }

    private mutating func walk(_ tags: [TemplateTag], in template: String, stack: [any Sendable]) {
        for tag in tags {
            switch tag {
            case .variable(let name):
                _ = look(up: name, in: template, stack: stack)
            case .section(let name, let inner):
                section(name, inner, in: template, stack: stack)
            case .inverted(let name, let inner):
                let value = look(up: name, in: template, stack: stack)
                note(name, "^", in: template, isReached: Self.elements(of: value).isEmpty)
                walk(inner, in: template, stack: stack)
            case .partial(let name):
                if let tags = templates[name] { walk(tags, in: name, stack: stack) }
            case .parent(let name, let inner):
                walk(inner, in: template, stack: stack)
                if let tags = templates[name] { walk(tags, in: name, stack: stack) }
            case .block(let inner):
                walk(inner, in: template, stack: stack)
            case .unescaped(let name):
                missing.insert("{{{\(name)}}} in \(template) is not escaped")
            }
        }
    }

    private mutating func section(
        _ name: String,
        _ inner: [TemplateTag],
        in template: String,
        stack: [any Sendable]
    ) {
        let elements = Self.elements(of: look(up: name, in: template, stack: stack))
        note(name, "#", in: template, isReached: !elements.isEmpty)
        for element in elements {
            walk(inner, in: template, stack: element is Bool ? stack : stack + [element])
        }
    }

    private mutating func note(_ name: String, _ mark: String, in template: String, isReached: Bool) {
        guard !shared.contains(template) else { return }
        let place = "{{\(mark)\(name)}} in \(template)"
        if isReached {
            reached.insert(place)
        } else if mark == "#" {
            unreached.insert(place)
        }
    }

    /// What a section would go over.
    private static func elements(of value: (any Sendable)?) -> [any Sendable] {
        switch value {
        case nil, is Nothing: []
        case let flag as Bool: flag ? [flag] : []
        case let list as [any Sendable]: list
        case let single?: [single]
        }
    }

    private mutating func look(up name: String, in template: String, stack: [any Sendable]) -> (any Sendable)? {
        if name == "." { return stack.last }
        if let list = name.wholeMatch(of: /empty\((.+)\)/)?.1 {
            guard let value = look(up: String(list), in: template, stack: stack) else { return nil }
            return (value as? [any Sendable])?.isEmpty ?? true
        }
        let path = name.split(separator: ".").map(String.init)
        guard let first = path.first else { return nil }
        let scope = name.hasPrefix(".") ? Array(stack.suffix(1)) : stack
        let place = "{{\(name)}} in \(template)"
        guard let owner = scope.reversed().compactMap({ Self.child(first, of: $0) }).first else {
            missing.insert(place)
            return nil
        }
        var value = owner
        for step in path.dropFirst() {
            if value is Nothing { return Nothing() }
            guard let next = Self.child(step, of: value) else {
                missing.insert(place)
                return nil
            }
            value = next
        }
        found.insert(place)
        return value
    }

    private static func child(_ name: String, of value: any Sendable) -> (any Sendable)? {
        switch value {
        case let node as ViewNode: node[name]
        case let words as WordsNode:
            words.step(to: name)
        default: nil
        }
    }
}
