import Contracts
import Foundation
import Messaging
import Postgres

/// The SQL of referral codes.
struct ReferralCodeStore: Sendable {
    let tx: Transaction

    init(_ tx: Transaction) { self.tx = tx }

    /// Whom a code was made for.
    func owner(of code: ReferralCode) async throws -> UID? {
        try await tx.first("SELECT uid FROM referral_codes WHERE code = \(code.text)") { try $0["uid"] }
    }

    /// The codes of a person, by the UIDs that are theirs; the oldest first.
    func codes(of members: [UID]) async throws -> [String] {
        try await tx.all(
            "SELECT code FROM referral_codes WHERE uid = ANY(\(members.map(\.uuid))::uuid[]) ORDER BY made_at, code"
        ) { try $0["code"] }
    }

    /// Makes a code for somebody who has none.
    /// - Returns: false when the code is somebody else's already.
    func make(_ code: ReferralCode, for uid: UID, by actor: String, at now: Date) async throws -> Bool {
        let made = try await tx.execute(
            """
            INSERT INTO referral_codes (code, uid, made_by, made_at)
            VALUES (\(code.text), \(uid), \(actor), \(now)) ON CONFLICT DO NOTHING
            """
        )
        return made == 1
    }
}
