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
        for pair in String(buffer: body).split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(sides[0]), let value = Self.decoded(sides.count > 1 ? sides[1] : "") else {
                throw Rejection(.invalid, "form-malformed", "The form could not be read.")
            }
            values[name, default: []].append(value)
        }
    }

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

    /// One query parameter, decoded and trimmed; nil where it is absent or empty.
    public func query(_ name: String) -> String? {
        let value = uri.queryParameters[Substring(name)].map { String($0).trimmed } ?? ""
        return value.isEmpty || value.contains("\0") ? nil : value
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
