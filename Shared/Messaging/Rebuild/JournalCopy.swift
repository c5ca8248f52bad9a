import Contracts
import Failures
import Foundation

/// A service's journal as its command `journal` writes it: a line that says whose it is, a line for every event that it
/// has told, and a line that says how many that were.
public struct JournalCopy: Sendable {
    /// Gives every line to whoever reads it.
    let read: @Sendable (_ line: (ArraySlice<UInt8>) async throws -> Void) async throws -> Void

    /// `read` gives one line after the other, without its end.
    public init(read: @escaping @Sendable (_ line: (ArraySlice<UInt8>) async throws -> Void) async throws -> Void) {
        self.read = read
    }

    /// The lines around the events.
    struct Mark: Codable {
        var journal: String
        /// At the beginning: events that are not there any more.
        var dropped: Int?
        /// At the end: the events between.
        var events: Int?

        /// Nil for a line that is an event.
        init?(_ line: ArraySlice<UInt8>) {
            guard line.starts(with: Self.start),
                let mark = try? JSONDecoder().decode(Mark.self, from: Data(line))
            else { return nil }
            self = mark
        }

        init(_ journal: String, dropped: Int? = nil, events: Int? = nil) {
            self.journal = journal
            self.dropped = dropped
            self.events = events
        }

        var line: [UInt8] {
            var line = Self.start + "\"\(journal)\"".utf8
            if let dropped { line += ",\"dropped\":\(dropped)".utf8 }
            if let events { line += ",\"events\":\(events)".utf8 }
            return line + "}".utf8
        }

        private static let start = Array("{\"journal\":".utf8)
    }

    /// Reads events, and sees to it that they are all there.
    /// - Returns: whose journal it was.
    func events(_ take: (ArraySlice<UInt8>) async throws -> Void) async throws -> String {
        var begun: Mark?
        var isWhole = false
        var count = 0
        try await read { line in
            if let mark = Mark(line) {
                if begun == nil {
                    try JournalCopy.refuseCurtailed(mark.journal, missing: mark.dropped ?? 0)
                    begun = mark
                } else {
                    isWhole = mark.journal == begun?.journal && mark.events == count
                }
            } else {
                guard begun != nil, !isWhole else { throw JournalCopy.broken }
                count += 1
                try await take(line)
            }
        }
        guard let begun, isWhole else { throw JournalCopy.broken }
        return begun.journal
    }

    private static let broken = Rejection.invalid(
        "journal",
        "journal-broken",
        "This is not the whole output of a service's command `journal`."
    )

    static func refuseCurtailed(_ service: String, missing: Int) throws {
        guard missing > 0 else { return }
        throw Rejection(
            .conflict,
            "journal-curtailed",
            """
            \(missing) events of \(service) are not in its journal any more, because old months of it are dropped: what was \
            built from them cannot be built again. Nothing was changed.
            """
        )
    }
}
