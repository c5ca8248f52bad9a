/// Somebody who may push leads: a website, an advertisement platform, the showroom.
struct Channel: Sendable, Equatable {
    var name: String
    /// What sort of place it is, such as `website`, `ad`, `showroom` or `phone`.
    var kind: String
    /// SHA-256 of its HTTP key, in hexadecimal; nil when it may not use HTTP.
    var keyHash: String?
    /// The broker user of its messages.
    var brokerUser: String
    var isActive = true
}
