public import Contracts
public import Foundation
import Traces

/// Why something happens: who acts, and which message or request it follows from.
public struct Cause: Sendable, Equatable {
    /// `staff:<id>`, `channel:<name>`, `timer:<kind>`, `system`.
    public var actor: String
    /// The same for everything that follows from one first cause.
    public var correlationID: String
    /// The message that this follows from directly, if it was a message.
    public var causationID: String?
    /// W3C trace context.
    public var traceparent: String?

    public init(
        actor: String,
        correlationID: String = UUID.v7().wire,
        causationID: String? = nil,
        traceparent: String? = Cause.currentTraceparent
    ) {
        self.actor = actor
        self.correlationID = correlationID
        self.causationID = causationID
        self.traceparent = traceparent
    }

    /// Where the current task is in a trace: a request that is traced is followed to what it causes.
    public static var currentTraceparent: String? { Traces.current?.traceparent }

    /// What a message causes: its own actor and correlation go on, and it is the direct cause.
    public init(_ envelope: Envelope) {
        self.init(
            actor: envelope.actor ?? "system",
            correlationID: envelope.correlationid ?? envelope.id,
            causationID: envelope.id,
            traceparent: envelope.traceparent
        )
    }

    /// A member of staff acts.
    public static func staff(_ id: StaffID, correlationID: String = UUID.v7().wire) -> Cause {
        Cause(actor: "staff:\(id)", correlationID: correlationID)
    }

    /// The spine itself: a batch of messages, a turn of timers or retries.
    static let system = Cause(actor: "system")

    var isSystem: Bool { actor == "system" }

    /// The member of staff who acts, if one does.
    public var staffID: StaffID? {
        guard actor.hasPrefix("staff:") else { return nil }
        return StaffID(actor.dropFirst("staff:".count))
    }
}
