import Foundation
import Mustache

/// What a template sees of a view struct.
///
/// swift-mustache looks fields up by reflection, and where a field is nil it goes on looking further out and may find
/// somebody else's. Here the struct is read once into nodes in which nil is something: nothing.
struct ViewNode: MustacheParent, Sendable {
    private(set) var fields: [String: any Sendable]

    func child(named name: String) -> Any? { fields[name] }

    subscript(_ name: String) -> (any Sendable)? {
        get { fields[name] }
        set { fields[name] = newValue }
    }
}

/// A nil that has been found.
struct Nothing: MustacheCustomRenderable, Sendable {
    let renderText = ""
    let isNull = true
}

/// A view struct holds something that is not ready to be shown.
struct UnreadyView: Error, CustomStringConvertible {
    let path: String
    let type: String

    var description: String { "\(path) is a \(type): a view holds ready strings, numbers, flags, lists and structs" }
}

extension ViewNode {
    /// Reads a view struct; everything in it must be ready to be shown.
    static func reading(_ view: Any) throws -> ViewNode {
        guard let node = try value(of: view, path: "view") as? ViewNode else {
            throw UnreadyView(path: "view", type: "\(type(of: view))")
        }
        return node
    }

    private static func value(of value: Any, path: String) throws -> any Sendable {
        switch value {
        case let text as String: return text
        case let flag as Bool: return flag
        case let number as Int: return String(number)
        case let number as Int64: return String(number)
        case let id as UUID: return id.uuidString.lowercased()
        case is Date, is Double, is Float, is Data, is URL: throw UnreadyView(path: path, type: "\(type(of: value))")
        case let node as ViewNode: return node
        default: return try compound(value, path: path)
        }
    }

    private static func compound(_ value: Any, path: String) throws -> any Sendable {
        let mirror = Mirror(reflecting: value)
        switch mirror.displayStyle {
        case .optional:
            guard let wrapped = mirror.children.first else { return Nothing() }
            return try self.value(of: wrapped.value, path: path)
        case .collection, .set:
            return try mirror.children.enumerated().map { index, child in
                try self.value(of: child.value, path: "\(path)[\(index)]")
            }
        case .struct:
            var fields: [String: any Sendable] = [:]
            for child in mirror.children {
                guard let label = child.label else { continue }
                fields[label] = try self.value(of: child.value, path: "\(path).\(label)")
            }
            return ViewNode(fields: fields)
        default:
            if let raw = (value as? any RawRepresentable)?.rawValue as? String { return raw }
            throw UnreadyView(path: path, type: "\(type(of: value))")
        }
    }
}

/// What stands behind `{{t.leads.title}}`: walks along the dots until a word is reached.
struct WordsNode: MustacheParent, Sendable {
    let strings: Strings
    let language: Language
    var prefix = ""

    func child(named name: String) -> Any? { step(to: name) }

    func step(to name: String) -> any Sendable {
        let key = prefix.isEmpty ? name : "\(prefix).\(name)"
        if strings.knows(key) { return strings.text(key, in: language) }
        return WordsNode(strings: strings, language: language, prefix: key)
    }
}
