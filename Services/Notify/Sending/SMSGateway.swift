import Foundation
import Outbound

/// An SMS gateway that speaks Kannel's `sendsms`.
struct SMSGateway: Carrier {
    struct Configuration: Sendable {
        /// Where `sendsms` is.
        var url: String
        var user: String
        var password: String
        /// The sender that is shown.
        var from: String
        /// Where receipts are to be reported: `<this>/dlr`.
        var callbackURL: String
        /// Calls at once.
        var connections = 8
    }

    private let configuration: Configuration
    private let keys: ReceiptKeys
    private let client: HTTPClient

    init(_ configuration: Configuration, keys: ReceiptKeys) {
        self.configuration = configuration
        self.keys = keys
        var http = HTTPClient.Configuration()
        http.connections = configuration.connections
        client = HTTPClient(http)
    }

    func carry(_ message: Message, attempt: Int, to address: String) async -> Outcome {
        let outcome = await client.send(HTTPClient.Call(url(for: message, attempt: attempt, to: address)))
        return SMSGateway.judged(outcome)
    }

    func close() async { await client.close() }

    /// `202` is the gateway's word for taken; a sign-in that it does not accept is our fault and not the recipient's.
    static func judged(_ outcome: Outcome) -> Outcome {
        switch outcome {
        case .accepted(let reply) where reply.code != 202: .refusedForGood(reply)
        case .refusedForGood(let reply) where reply.code == 401 || reply.text.contains("Authorization failed"):
            .notSent(Trouble(.loginRefused, "The gateway does not take our user and password"))
        default: outcome
        }
    }

    private func url(for message: Message, attempt: Int, to address: String) -> String {
        var query = [
            ("username", configuration.user), ("password", configuration.password), ("from", configuration.from),
            ("to", address), ("text", message.text.body), ("charset", "UTF-8"),
            ("coding", GSMAlphabet.holds(message.text.body) ? "0" : "2"), ("dlr-mask", "\(Receipt.Kind.ends)"),
        ]
        query.append(("dlr-url", receiptURL(for: message, attempt: attempt)))
        return configuration.url + "?" + query.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
    }

    /// `%d` and `%A` are the gateway's to fill in.
    private func receiptURL(for message: Message, attempt: Int) -> String {
        let key = keys.key(for: message.id, attempt: attempt)
        return "\(configuration.callbackURL)/dlr?message=\(message.id)&attempt=\(attempt)&type=%d&reply=%A&key=\(key)"
    }

    /// What RFC 3986 calls unreserved.
    private static let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    /// Percent-encodes every other byte.
    static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if unreserved.contains(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The default alphabet of GSM 03.38: a text of it alone travels in 7 bits per character, any other in UCS-2.
enum GSMAlphabet {
    private static let characters = Set(
        """
        @£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
        abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€
        """
    )

    static func holds(_ text: String) -> Bool { text.allSatisfy(characters.contains) }
}
