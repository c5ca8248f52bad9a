/// Somebody who may push leads: a website, an advertisement platform, the showroom.
struct Channel: Sendable, Equatable {
    var name: String
    /// What sort of place it is, such as `website`, `ad`, `showroom` or `phone`.
    var kind: String
    /// SHA-256 of the HTTP key that the file of channels gives it, in hexadecimal; the others are in ``ChannelKeyStore``.
    var keyHash: String?
    /// The broker user of its messages.
    var brokerUser: String
    var isActive = true
    /// The campaign of what it sends without naming one.
    var defaultCampaign: String?
}
