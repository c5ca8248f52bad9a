import Contracts
import Messaging
import Postgres

/// The SQL of what people allow, as it is kept with them.
extension Consents {
    /// Reads `consents`, the three columns of the version before, `uid` and `created_at`.
    init(row: Row) throws {
        self.init(
            stored: try (row["consents"] as JSONText?)?.decode(),
            means: Consent(
                sms: try row["consent_sms"],
                email: try row["consent_email"],
                call: try row["consent_call"]
            ),
            of: try row["uid"],
            since: try row["created_at"]
        )
    }

    var stored: JSONText? {
        get throws { try told.map { try JSONText(wire: $0) } }
    }

    /// Whether a person `p` allows marketing by a means.
    ///
    /// Whoever allows everything by it, as most do, is known by the old column; a no that the version before has written
    /// holds.
    static func allowsMarketing(by means: ConsentMeans) -> SQL {
        let whole: SQL = means == .sms ? "p.consent_sms" : "p.consent_email"
        let ground = #"[{"allows": true, "scope": ["marketing.\#(means.rawValue)"]}]"#
        return """
            (\(whole) IS NOT FALSE AND (coalesce(\(whole), false)
                                        OR coalesce(p.consents @> \(ground)::jsonb, false)))
            """
    }

    /// Whether a person `p` may be sent marketing by text or by mail.
    static var allowsMarketing: SQL { "(\(allowsMarketing(by: .sms)) OR \(allowsMarketing(by: .email)))" }
}
