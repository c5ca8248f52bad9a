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
            brokerUser: "channel-\(seed.name)"
        )
    }
}

extension Channel {
    /// Whether this is the channel's key; takes as long for a wrong one as for the right one.
    func accepts(key: String) -> Bool {
        guard let keyHash else { return false }
        let given = Array(Digest.of(Array(key.utf8)).utf8)
        let known = Array(keyHash.utf8)
        guard given.count == known.count else { return false }
        return zip(given, known).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
