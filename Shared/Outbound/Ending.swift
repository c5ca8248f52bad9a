import CCurl

/// How a transfer ended as libcurl tells it, before anybody has judged it.
struct Ending: Sendable, Equatable {
    var result: CURLcode
    /// The last status that the server sent; 0 when it sent none.
    var status: Int
    /// Bytes of the request that left us (HTTP only).
    var requestSize: Int
    var text: String

    /// libcurl's words for its result.
    private var words: String { String(cString: curl_easy_strerror(result)) }

    private func trouble(_ kind: Trouble.Kind) -> Trouble { Trouble(kind, words) }

    private var trouble: Trouble {
        switch result {
        case CURLE_COULDNT_CONNECT, CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: trouble(.unreachable)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED,
            CURLE_SSL_CONNECT_ERROR:
            trouble(.certificate)
        case CURLE_LOGIN_DENIED: trouble(.loginRefused)
        case CURLE_OPERATION_TIMEDOUT: trouble(.timedOut)
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL, CURLE_UNKNOWN_OPTION, CURLE_BAD_FUNCTION_ARGUMENT,
            CURLE_NOT_BUILT_IN, CURLE_FAILED_INIT, CURLE_OUT_OF_MEMORY:
            trouble(.misconfigured)
        default: trouble(.connectionLost)
        }
    }

    /// Judges the sending of one mail to one recipient.
    ///
    /// The status decides, not libcurl's result: `354` last means that the text was under way and nobody confirmed it.
    var ofMail: Outcome {
        if result == CURLE_OK { return .accepted(Reply(code: status, text: text)) }
        if result == CURLE_LOGIN_DENIED || [530, 534, 535, 538].contains(status) {
            return .notSent(trouble(.loginRefused))
        }
        return switch status {
        case 354: .unknown(trouble)
        case 400..<500: .refusedForNow(Reply(code: status, text: text))
        case 500..<600: .refusedForGood(Reply(code: status, text: text))
        default: .notSent(trouble)
        }
    }

    /// Judges an HTTP request that does something.
    ///
    /// A gateway that breaks down (500, 502, 504) may have passed the request on before.
    var ofRequest: Outcome {
        guard result == CURLE_OK else {
            return requestSize > 0 ? .unknown(trouble) : .notSent(trouble)
        }
        let reply = Reply(code: status, text: text)
        return switch status {
        case 200..<300: .accepted(reply)
        case 408, 425, 429, 503: .refusedForNow(reply)
        case 500, 502, 504: .unknown(Trouble(.connectionLost, "The server answered \(status)"))
        default: .refusedForGood(reply)
        }
    }
}
