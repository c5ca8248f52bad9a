public import Configuration
import Failures
public import Foundation

/// What every service is told by its environment.
///
/// `docs/configuration.md` explains each.
public struct Settings: Sendable {
    /// `LINTEL_DATABASE_URL`.
    public let databaseURL: String
    /// `LINTEL_AMQP_URL`.
    public let amqpURL: String
    /// `LINTEL_HTTP_HOST`, `LINTEL_HTTP_PORT`.
    public let host: String
    public let port: Int
    /// `LINTEL_OPS_HOST`, `LINTEL_OPS_PORT`: health and metrics; at the same address as the pages unless it is set.
    public let opsHost: String
    public let opsPort: Int
    /// `LINTEL_PUBLIC_URL`: where people reach the console, without a slash at its end.
    public let publicURL: String
    /// `LINTEL_JWKS_FILE`: the keys that sign-in tokens are verified with.
    public let jwksFile: String
    /// `LINTEL_DEVELOPMENT`: the clock may be set forward, and nothing here is a secret.
    public let isDevelopment: Bool
    /// `LINTEL_TIME_ZONE`: where the office is.
    public let zone: TimeZone
    /// `LINTEL_DATABASE_POOL`: connections at most.
    public let poolSize: Int
    /// `LINTEL_TALLY_SECONDS`: how often the service tells what it received of Leads, if anything new has arrived.
    public let tallyInterval: Duration
    /// `LINTEL_JOURNAL_MONTHS`, `LINTEL_ATTEMPTS_MONTHS`: how many whole months of the journal, and of Notify's attempts,
    /// are kept, by the name of the table; for ever where it is not set.
    public let monthsKept: [String: Int]

    /// - Throws: when something that is required is missing or cannot be read; the message names the variable.
    public init(_ reader: SettingsReader) throws {
        databaseURL = try reader.required("database.url")
        amqpURL = try reader.required("amqp.url")
        host = reader.config.string(forKey: "http.host", default: "127.0.0.1")
        port = reader.config.int(forKey: "http.port", default: 8081)
        opsHost = reader.config.string(forKey: "ops.host", default: host)
        opsPort = reader.config.int(forKey: "ops.port", default: 9081)
        publicURL = reader.config.string(forKey: "public.url", default: "http://localhost:8080")
        jwksFile = try reader.required("jwks.file")
        isDevelopment = reader.config.bool(forKey: "development", default: false)
        poolSize = reader.config.int(forKey: "database.pool", default: 8)
        tallyInterval = .seconds(reader.config.int(forKey: "tally.seconds", default: 60))
        monthsKept = [
            "journal": reader.config.int(forKey: "journal.months"),
            "attempts": reader.config.int(forKey: "attempts.months"),
        ].compactMapValues { $0 }
        for (table, months) in monthsKept where months < 1 {
            let variable = "LINTEL_\(table.uppercased())_MONTHS"
            throw Rejection.invalid(variable, "too-few-months", "\(variable): at least one month is kept.")
        }
        let zoneName = reader.config.string(forKey: "time.zone", default: "Asia/Shanghai")
        guard let zone = TimeZone(identifier: zoneName) else {
            throw Rejection.invalid("LINTEL_TIME_ZONE", "unknown-time-zone", "LINTEL_TIME_ZONE: no zone is named so.")
        }
        self.zone = zone
    }
}

/// Reads variables whose names begin with `LINTEL_`, and secrets from files.
public struct SettingsReader: Sendable {
    public let config: ConfigReader

    public init() {
        config = ConfigReader(provider: EnvironmentVariablesProvider()).scoped(to: "lintel")
    }

    /// The value of a key such as `smtp.password`: `LINTEL_SMTP_PASSWORD`, or what stands in the file that
    /// `LINTEL_SMTP_PASSWORD_FILE` names.
    public func secret(_ key: String) throws -> String? {
        if let value = config.string(forKey: ConfigKey(key), isSecret: true), !value.isEmpty { return value }
        guard let file = config.string(forKey: ConfigKey(key + ".file")), !key.hasSuffix(".file") else { return nil }
        return try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The same, but it must be there.
    public func required(_ key: String) throws -> String {
        let variable = "LINTEL_" + key.uppercased().replacingOccurrences(of: ".", with: "_")
        guard let value = try secret(key) else {
            throw Rejection.invalid(variable, "setting-missing", "\(variable) (or \(variable)_FILE) is not set.")
        }
        return value
    }
}
