import Contracts
import Messaging

/// What `LINTEL_CHANNELS_FILE` holds.
struct ChannelsFile: Decodable, Sendable {
    let channels: [ChannelSeed]
}

/// A channel as `LINTEL_CHANNELS_FILE` lists it.
struct ChannelSeed: Decodable, Sendable {
    let name: String
    let kind: String
    let key: String?
}

extension Channel {
    init(_ seed: ChannelSeed) {
        self.init(
            name: seed.name,
            kind: seed.kind,
            keyHash: seed.key.map { Digest.of(Array($0.utf8)) },
            brokerUser: Channel.brokerUser(of: seed.name)
        )
    }

    static func brokerUser(of name: String) -> String { "channel-\(name)" }
}
