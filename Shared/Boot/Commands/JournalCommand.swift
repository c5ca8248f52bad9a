import ArgumentParser
import Failures
import Foundation
import Messaging

/// Writes down what the service has told, for others to build their projections from.
struct JournalCommand<Lintel: LintelService>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "journal",
            abstract: "Write every event that this service has told, one a line, as others' `rebuild` reads them.",
            discussion: "It holds personal data: pass it on through a pipe, or delete the file afterwards."
        )
    }

    func run() async throws {
        try await withService(Lintel.self) { _, ground in
            let output = FileHandle.standardOutput
            _ = try await ground.spine.copyJournal { line in
                try output.write(contentsOf: Data(line + [UInt8(ascii: "\n")]))
            }
        }
    }
}

extension JournalCopy {
    /// What the command has written into a file, or is writing into a pipe.
    init(file path: String) throws {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Rejection(.notFound, "journal-not-found", "\(path) cannot be read.", field: "journal")
        }
        self.init { take in
            guard let file = FileHandle(forReadingAtPath: path) else { return }
            defer { try? file.close() }
            var rest: [UInt8] = []
            // A command of its own: nobody waits for the thread that reads here.
            while let piece = try file.read(upToCount: 1 << 16), !piece.isEmpty {
                rest += piece
                var start = 0
                while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                    try await take(rest[start..<end])
                    start = end + 1
                }
                rest.removeFirst(start)
            }
            if !rest.isEmpty { try await take(rest[...]) }
        }
    }
}
