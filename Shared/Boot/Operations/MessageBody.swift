import Contracts
import Foundation

/// The bytes of a message as people can read them.
struct MessageBody: Sendable, Equatable {
    enum Form: String, Sendable {
        case json
        case text
        case bytes
    }

    let form: Form
    let text: String

    /// JSON is indented, other text shown as it is, anything else as a table of its bytes.
    init(_ body: [UInt8]) {
        guard let plain = String(validating: body, as: UTF8.self), !plain.contains("\0") else {
            form = .bytes
            text = MessageBody.table(body)
            return
        }
        let isJSON =
            (try? JSONShape.check(body)) != nil
            && (try? JSONSerialization.jsonObject(with: Data(body), options: .fragmentsAllowed)) != nil
        form = isJSON ? .json : .text
        text = isJSON ? MessageBody.indented(plain) : plain
    }

    /// Whether a person may edit it as text.
    var isEditable: Bool { form != .bytes }

    /// Line breaks and blanks between the tokens, nothing else: numbers keep their digits and fields their order.
    ///
    /// Escapes such as `\u6797` become the character that they stand for.
    private static func indented(_ json: String) -> String {
        var writer = IndentedJSON()
        for character in json.unicodeScalars { writer.take(character) }
        return writer.text
    }

    /// Sixteen bytes a line: where they stand, their values, and those that are letters.
    private static func table(_ body: [UInt8]) -> String {
        stride(from: 0, to: min(body.count, 4_096), by: 16).map { start in
            let line = body[start..<min(start + 16, body.count)]
            let values = line.map { hex($0, 2) }.joined(separator: " ")
            let letters = line.map { (32..<127).contains($0) ? String(UnicodeScalar($0)) : "." }.joined()
            return "\(hex(start, 6))  \(values.padding(toLength: 47, withPad: " ", startingAt: 0))  \(letters)"
        }.joined(separator: "\n")
    }

    private static func hex(_ value: some BinaryInteger, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}

/// Writes valid JSON anew with one field to a line.
private struct IndentedJSON {
    private(set) var text = ""
    private var depth = 0
    private var isInString = false
    private var escape = ""
    private var hasJustOpened = false

    mutating func take(_ scalar: Unicode.Scalar) {
        if isInString {
            takeInString(scalar)
            return
        }
        switch scalar {
        case " ", "\t", "\n", "\r": break
        case "{", "[":
            open()
            text.unicodeScalars.append(scalar)
            depth += 1
            hasJustOpened = true
        case "}", "]":
            depth -= 1
            if hasJustOpened { hasJustOpened = false } else { breakLine() }
            text.unicodeScalars.append(scalar)
        case ",":
            text += ","
            breakLine()
        case ":": text += ": "
        default:
            open()
            isInString = scalar == "\""
            text.unicodeScalars.append(scalar)
        }
    }

    private mutating func takeInString(_ scalar: Unicode.Scalar) {
        if !escape.isEmpty {
            escape.unicodeScalars.append(scalar)
            guard escape.hasPrefix("\\u") else { return endEscape() }
            if escape.count == 6 { endEscape() }
        } else if scalar == "\\" {
            escape = "\\"
        } else {
            isInString = scalar != "\""
            text.unicodeScalars.append(scalar)
        }
    }

    private mutating func endEscape() {
        defer { escape = "" }
        guard escape.hasPrefix("\\u"), let code = UInt32(escape.dropFirst(2), radix: 16), code >= 0xA0,
            let scalar = Unicode.Scalar(code)
        else {
            text += escape
            return
        }
        text.unicodeScalars.append(scalar)
    }

    /// The first thing after an opening bracket stands on a line of its own.
    private mutating func open() {
        if hasJustOpened { breakLine() }
        hasJustOpened = false
    }

    private mutating func breakLine() {
        text += "\n" + String(repeating: "  ", count: depth)
    }
}
