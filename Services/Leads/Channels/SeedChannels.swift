import Contracts
import Failures
import Foundation
import Messaging

/// Adds or changes the channels that a file lists; those that it does not list stay as they are.
struct SeedChannels: Sendable {
    let spine: Spine

    func callAsFunction(fromFile path: String) async throws {
        let file = try await step("read the channels from \(path)") {
            try decodeStrictly(ChannelsFile.self, from: Array(try Data(contentsOf: URL(filePath: path))))
        }
        try await spine.perform(Cause(actor: "system")) { work in
            try await ChannelStore(work.tx).save(file.channels.map { Channel($0) })
        }
    }
}
