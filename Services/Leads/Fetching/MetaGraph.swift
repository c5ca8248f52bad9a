import Foundation
import Outbound

/// Meta's Graph API, as far as leads are read from it.
///
/// The token goes in a header, so that no address holds it.
struct MetaGraph: Sendable {
    static let standardURL = "https://graph.facebook.com/v23.0"

    /// Without a slash at its end.
    private let url: String
    private let client: HTTPClient

    init(url: String = MetaGraph.standardURL, client: HTTPClient = HTTPClient()) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.client = client
    }

    func close() async { await client.close() }

    /// What somebody has filled in, with these fields of the lead.
    func lead(_ id: String, fields: [String], token: String) async throws(FetchFault) -> Payload {
        guard id.wholeMatch(of: /[0-9]{1,40}/) != nil else { throw FetchFault(.refused, "It is no id of Meta's.") }
        var call = HTTPClient.Call("\(url)/\(id)?fields=\(fields.joined(separator: ","))")
        call.headers = ["Authorization: Bearer \(token)", "Accept: application/json"]
        call.isRepeatable = true
        switch await client.send(call) {
        case .accepted(let reply): return try MetaGraph.lead(in: reply.text)
        case .refusedForGood(let reply), .refusedForNow(let reply):
            throw MetaGraph.fault(status: reply.code, in: reply.text)
        case .unknown(let trouble), .notSent(let trouble):
            throw FetchFault(.away, "The Graph API did not answer: \(trouble.kind.rawValue).")
        }
    }

    private static func lead(in text: String) throws(FetchFault) -> Payload {
        guard let payload = try? Payload(Array(text.utf8), contentType: nil), case .object(let members) = payload,
            members["field_data"] != nil
        else { throw FetchFault(.unreadable, "The Graph API answered, but not with a lead's field_data.") }
        return payload
    }

    /// What an error means, by Meta's own numbers: most of them come with status 400.
    static func fault(status: Int, in text: String) -> FetchFault {
        let error = try? JSONDecoder().decode(Answer.self, from: Data(text.utf8)).error
        let numbers = [
            "status \(status)", error?.code.map { "code \($0)" }, error?.subcode.map { "subcode \($0)" },
            error?.trace.flatMap { $0.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) == nil ? nil : "trace \($0)" },
        ]
        let detail = "The Graph API refused: \(numbers.compactMap(\.self).joined(separator: ", "))."
        return FetchFault(kind(status: status, error), detail)
    }

    private static func kind(status: Int, _ error: Answer.Fault?) -> FetchFault.Kind {
        if let code = error?.code {
            switch code {
            // Rates: of the app, the user, the page, the use case.
            case 4, 17, 32, 341, 613, 80_000...80_014: return .busy
            case 1, 2: return .away
            // Sessions, permissions, tokens.
            case 3, 10, 102, 190, 200...299, 368: return .accessRefused
            default: break
            }
        }
        if error?.isTransient == true { return .away }
        return switch status {
        case 408, 425, 429: .busy
        case 401, 403: .accessRefused
        case 500...: .away
        default: .refused
        }
    }

    private struct Answer: Decodable {
        let error: Fault

        struct Fault: Decodable {
            let code: Int?
            let subcode: Int?
            let isTransient: Bool?
            let trace: String?

            private enum CodingKeys: String, CodingKey {
                case code
                case subcode = "error_subcode"
                case isTransient = "is_transient"
                case trace = "fbtrace_id"
            }
        }
    }
}

extension AdapterSettings {
    /// The fields of a lead that are asked for: those that the mapping names, since some of them need rights of their own.
    var fetchedFields: [String] {
        let always = ["id", "created_time", "field_data"]
        let asked = fields.map { String($0.from.prefix { $0 != "/" }) }
            .filter { AdapterSettings.metaFields.contains($0) && !always.contains($0) }
        return always + Set(asked).sorted()
    }

    /// What a lead of Meta's has besides.
    private static let metaFields: Set<String> = [
        "ad_id", "ad_name", "adset_id", "adset_name", "campaign_id", "campaign_name", "custom_disclaimer_responses",
        "form_id", "home_listing", "is_organic", "partner_name", "platform", "retailer_item_id", "vehicle",
    ]
}
