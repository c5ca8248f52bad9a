import CPostgres
import Foundation

/// Where to connect and with which settings, as keywords and values of libpq.
struct Target: Sendable {
    private let settings: [(keyword: String, value: String)]

    /// Reads the URL and adds what it does not say: time limits of the network, and the session's settings.
    init(_ configuration: Database.Configuration) throws {
        var settings = try Self.parsed(configuration.url)
        // Without these a broken network is noticed after a quarter of an hour.
        let defaults = [
            "connect_timeout": "5", "tcp_user_timeout": "10000", "keepalives_idle": "10", "keepalives_interval": "5",
            "keepalives_count": "3", "application_name": configuration.applicationName,
        ]
        settings.merge(defaults) { given, _ in given }
        let ours = Self.sessionOptions(configuration)
        settings["options"] = settings["options"].map { "\($0) \(ours)" } ?? ours
        settings["client_encoding"] = "UTF8"
        self.settings = settings.map { ($0.key, $0.value) }
    }

    private static func sessionOptions(_ configuration: Database.Configuration) -> String {
        var options = [
            "statement_timeout": milliseconds(configuration.statementTimeout),
            "lock_timeout": milliseconds(configuration.lockTimeout),
            "idle_in_transaction_session_timeout": milliseconds(configuration.idleInTransactionTimeout),
            // A backend whose client is gone would else finish its statement, and hold its locks so long.
            "client_connection_check_interval": "1000",
            "timezone": "UTC",
        ]
        if let schema = configuration.schema { options["search_path"] = "\(SQL.quoted(schema)),public" }
        return options.map { "-c \($0.key)=\(escaped($0.value))" }.joined(separator: " ")
    }

    /// In `options` a backslash keeps a space from ending the value.
    private static func escaped(_ value: String) -> String {
        String(value.flatMap { $0 == " " || $0 == "\\" ? ["\\", $0] : [$0] })
    }

    private static func milliseconds(_ duration: Duration) -> String { "\(Int(duration / .milliseconds(1)))" }

    private static func parsed(_ url: String) throws -> [String: String] {
        // libpq's own message would quote the URL, password and all.
        guard let list = PQconninfoParse(url, nil) else {
            throw PostgresError.misuse("the database URL is none that libpq understands")
        }
        defer { PQconninfoFree(list) }
        var settings: [String: String] = [:]
        var option = list
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { settings[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return settings
    }

    /// Connects, which blocks.
    func connect() -> OpaquePointer? {
        let keywords = settings.map { strdup($0.keyword) }
        let values = settings.map { strdup($0.value) }
        defer { for string in keywords + values { free(string) } }
        let keywordPointers = keywords.map { UnsafePointer($0) } + [nil]
        let valuePointers = values.map { UnsafePointer($0) } + [nil]
        return PQconnectdbParams(keywordPointers, valuePointers, 0)
    }
}
