/// Where a message stands.
enum MessageState: String, Sendable, CaseIterable {
    /// Waits for its (next) attempt.
    case queued
    /// An attempt is under way, or its process was lost.
    case sending
    /// The gateway or mail server took it.
    case accepted
    /// A receipt says that it arrived; a notice in the console is delivered by being there.
    case delivered
    case failed
    /// Not sent on purpose.
    case suppressed
    /// It may have been sent: people decide.
    case unknown
}

/// By which means a message reaches its recipient.
enum Channel: String, Sendable, CaseIterable {
    case sms
    case email
    case inApp = "in-app"
}

/// What entitles us to write.
enum Purpose: String, Sendable {
    /// Nice to have: only where the person has agreed to the channel.
    case courtesy
    /// Part of what the person asked of us: unless they have forbidden the channel.
    case service
    /// To our own staff.
    case work
}
