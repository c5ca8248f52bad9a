public import Failures
public import Foundation

/// A message that nobody could handle.
public struct DeadLetter: Sendable {
    public let id: UUID
    public let inlet: String
    public let source: String
    public let messageID: String
    public let name: String?
    public let exchange: String
    public let routingKey: String
    /// The properties and headers as JSON, for people.
    public let properties: String
    public let body: [UInt8]
    /// A stable slug.
    public let reason: String
    public let detail: String
    /// The field at fault, where one is.
    public let field: String?
    public let attempts: Int
    public let diedAt: Date
    /// `waiting`, `replayed` or `discarded`.
    public let status: String
    public let settledAt: Date?
    public let settledBy: String?
    public let note: String?
    /// The message's id from then on, when it was mended before it was handed over again.
    public let replayedAs: String?
}

/// Dead letters that wait for the same reason and are of the same kind.
public struct DeadLetterGroup: Sendable, Equatable {
    public let reason: String
    /// The messages' name; nil where none could be read.
    public let name: String?
    public let count: Int
    public let oldestAt: Date
    public let newestAt: Date

    public init(reason: String, name: String?, count: Int, oldestAt: Date, newestAt: Date) {
        self.reason = reason
        self.name = name
        self.count = count
        self.oldestAt = oldestAt
        self.newestAt = newestAt
    }
}

/// Which dead letters are meant.
public struct DeadLetterSelection: Sendable, Equatable {
    /// `waiting`, `replayed`, `discarded`; nil for all.
    public var status: String?
    public var reason: String?
    /// The messages' name; empty for those without one.
    public var name: String?
    /// Only those that died until then: what somebody saw before deciding.
    public var until: Date?

    public init(status: String? = "waiting", reason: String? = nil, name: String? = nil, until: Date? = nil) {
        self.status = status
        self.reason = reason
        self.name = name
        self.until = until
    }
}

/// What became of a whole selection.
public struct DeadLetterOutcome: Sendable {
    public var settled = 0
    public var refused = 0
    /// Why the first that was refused was.
    public var refusal: Rejection?
    /// Those of the selection that still wait.
    public var left = 0
}
