import Contracts
import Failures
import Foundation
import Hummingbird
import Web

extension Viewer {
    /// Runs what a form asked for; a refusal leads back to the page, which says why.
    func answering(_ page: String, _ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let rejection as Rejection where rejection.kind == .invalid || rejection.kind == .conflict {
            return .seeOther(page, flash: Flash(.refused, refusal(rejection.code, rejection.message)))
        }
    }
}

extension Money {
    /// An amount in yuan as a form sent it: `4200000`, `4,200,000`, `4200000.50`.
    /// - Throws: a ``Rejection`` when it is none.
    init(yuan text: String, field: String) throws {
        let malformed = Rejection.invalid(field, "amount-malformed", "\(field) is not an amount.")
        let plain = text.replacing(",", with: "").replacing(",", with: "").replacing(" ", with: "")
        guard let match = plain.wholeMatch(of: /(\d{1,12})(?:\.(\d{1,2}))?/), let whole = Int64(match.1) else {
            throw malformed
        }
        let fraction = match.2.map { String($0) + ($0.count == 1 ? "0" : "") } ?? "00"
        self.init(minor: whole * 100 + (Int64(fraction) ?? 0), currency: "CNY")
    }
}
