import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL that finds customers by a part of their name, or by the end of a number.
struct CustomerSearchStore: Sendable {
    /// Of what more customers have in common, a walk through the most active ones finds enough sooner.
    private static let rare = 5_000

    /// What customers are searched by, written once more from their rows.
    static let projection = Projection("search", in: [ProjectionTable("customer_search")]) { work, _ in
        try await work.tx.execute(
            """
            INSERT INTO customer_search (uid, pairs, ends)
            SELECT uid, name_pairs(name), ARRAY(SELECT right(phone, 4) FROM unnest(phones) AS t (phone)) FROM customers
            """
        )
    }

    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// What a row of `customers` must fulfil.
    func condition(_ search: String?) async throws -> SQL {
        guard let search else { return "true" }
        let found = Self.matches(search)
        guard let candidates = Self.candidates(search) else { return found }
        let uids: [UUID] = try await tx.all(
            "SELECT uid FROM customer_search WHERE \(candidates) LIMIT \(Self.rare + 1)"
        ) { try $0["uid"] }
        return uids.count > Self.rare ? found : "uid = ANY(\(uids)::uuid[]) AND \(found)"
    }

    /// A name that contains the text; or, for a number, one that ends with these digits.
    private static func matches(_ search: String) -> SQL {
        if let digits = CustomerQuery.digits(of: search) {
            return
                "EXISTS (SELECT 1 FROM unnest(phones) AS p (number) WHERE right(number, \(Int32(digits.count))) = \(digits))"
        }
        return "strpos(lower(coalesce(name, '')), \(search.lowercased())) > 0"
    }

    /// What the indexes can say of it; nil when that is nothing.
    private static func candidates(_ search: String) -> SQL? {
        if let digits = CustomerQuery.digits(of: search) { return "ends @> \([String(digits.suffix(4))])::text[]" }
        let pairs = search.neighbouringPairs
        return pairs.isEmpty ? nil : "pairs @> \(pairs)::text[]"
    }
}
