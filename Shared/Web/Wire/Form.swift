import Failures
import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// What a browser's form sent: texts by name, each trimmed.
public struct Form: Sendable {
    private var values: [String: [String]] = [:]

    /// The first value of that name, without white space at its ends; empty where there is none.
    public subscript(_ name: String) -> String {
        values[name]?.first?.trimmed ?? ""
    }

    /// The value of that name, or nil where it is absent or empty.
    public func optional(_ name: String) -> String? {
        let value = self[name]
        return value.isEmpty ? nil : value
    }

    /// Every value of that name (check boxes, multiple choice).
    public func all(_ name: String) -> [String] {
        (values[name] ?? []).map(\.trimmed)
    }

    /// Whether a check box was ticked.
    public func isTicked(_ name: String) -> Bool {
        !self[name].isEmpty
    }

    /// Reads `application/x-www-form-urlencoded`; bad UTF-8 and U+0000 are refused.
    init(body: ByteBuffer) throws {
        for (name, value) in Self.pairs(of: String(buffer: body)) {
            guard let name, let value else {
                throw Rejection(.invalid, "form-malformed", "The form could not be read.")
            }
            values[name, default: []].append(value)
        }
    }

    /// Names and values as browsers write them, in bodies and in addresses alike; nil for what cannot be read.
    fileprivate static func pairs(of text: String) -> some Sequence<(name: String?, value: String?)> {
        text.split(separator: "&").lazy.map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decoded(sides[0]), decoded(sides.count > 1 ? sides[1] : ""))
        }
    }

    /// A plus is a space there (WHATWG URL, 5.1).
    private static func decoded(_ text: Substring) -> String? {
        let spaced = text.replacing("+", with: " ")
        guard let decoded = String(spaced).removingPercentEncoding, !decoded.contains("\0") else { return nil }
        return decoded.replacing("\r\n", with: "\n")
    }

    /// Whether it is a form with a file.
    static func isUpload(_ request: Request) -> Bool {
        request.headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") == true
    }

    static func isForm(_ request: Request) -> Bool {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        return type.hasPrefix("application/x-www-form-urlencoded") || type.hasPrefix("multipart/form-data")
            || type.hasPrefix("text/plain")
    }
}

extension Request {
    /// The form that was sent; anything but `application/x-www-form-urlencoded` is a 415.
    public func form(_ context: WebContext) async throws -> Form {
        guard headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true else {
            throw HTTPError(.unsupportedMediaType, message: "Send application/x-www-form-urlencoded.")
        }
        return try Form(body: await body.collect(upTo: context.maxUploadSize))
    }

    /// The address of the browser as the reverse proxy saw it; nil without a proxy.
    ///
    /// For throttling, never for access.
    public var clientAddress: String? {
        headers[.forwardedFor]?.split(separator: ",").last?.trimmed
    }

    /// One query parameter, decoded and trimmed; nil where it is absent, empty or not readable.
    ///
    /// Hummingbird's own leaves a plus as it is, and so "Anna+Keller" for whoever searches for two words.
    public func query(_ name: String) -> String? {
        let value = Form.pairs(of: uri.query ?? "").first { $0.name == name }?.value?.trimmed ?? ""
        return value.isEmpty ? nil : value
    }

    /// A query parameter as what it stands for; nil where it is absent or empty.
    /// - Throws: a ``Rejection`` with this code and message where `read` finds nothing in it.
    public func query<Value>(
        _ name: String,
        _ code: String,
        _ message: String,
        _ read: (String) -> Value?
    ) throws -> Value? {
        guard let text = query(name) else { return nil }
        guard let value = read(text) else { throw Rejection.invalid(name, code, message) }
        return value
    }
}
