import Foundation
public import Logging
import Synchronization
import Traces

/// Writes one JSON object per line: time, level, service, message, and the metadata under their own keys.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: LogOutput

    init(label: String, level: Logger.Level, output: LogOutput, provider: Logger.MetadataProvider? = nil) {
        self.label = label
        metadataProvider = provider
        logLevel = level
        self.output = output
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line: [String: String] = [
            "time": Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            "level": event.level.rawValue, "logger": label, "message": event.message.description,
        ]
        for (key, value) in metadataProvider?.get() ?? [:] { line[key] = value.description }
        for (key, value) in metadata { line[key] = value.description }
        for (key, value) in event.metadata ?? [:] { line[key] = value.description }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(line) else { return }
        output.write(json + [UInt8(ascii: "\n")])
    }
}

/// Where log lines go, one writer at a time so that lines stay whole.
final class LogOutput: Sendable {
    private let handle: Mutex<FileHandle>

    init(_ handle: FileHandle) { self.handle = Mutex(handle) }

    func write(_ line: Data) {
        handle.withLock { handle in try? handle.write(contentsOf: line) }
    }
}

/// Sets up logging for the process, once.
enum LogBootstrap {
    private static let isDone = Mutex(false)

    static func run(service: String, toStandardError: Bool) {
        let isFirst = isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
        guard isFirst else { return }
        let name = ProcessInfo.processInfo.environment["LINTEL_LOG_LEVEL"] ?? (toStandardError ? "warning" : "info")
        let level = Logger.Level(rawValue: name) ?? .info
        let output = LogOutput(toStandardError ? .standardError : .standardOutput)
        LoggingSystem.bootstrap(
            { label, provider in JSONLogHandler(label: label, level: level, output: output, provider: provider) },
            metadataProvider: Logger.MetadataProvider {
                guard let trace = Traces.current else { return [:] }
                return ["trace.id": "\(trace.traceID)", "span.id": "\(trace.spanID)"]
            }
        )
    }
}
