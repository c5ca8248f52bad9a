public import Foundation

/// What a service says that it received of another's events: counts and digests by minute and name, never the events.
///
/// Every count is the whole of its minute so far: a later tally of the same minute takes the place of the earlier one.
public struct InboxTally: Codable, Sendable, Equatable {
    /// Whose events they are: `/lintel/leads`.
    public var source: String
    /// Every event of that source that the service listens to.
    public var hears: [Heard]
    /// The minutes of which something new is known, at most 500.
    public var minutes: [Minute]
    /// The minute in which the newest of all that were received was told.
    public var newest: Date?
    /// How many of what was received wait to be tried again.
    public var waiting: Int
    /// How many of what was received are dead letters that nobody has settled.
    public var dead: Int

    /// An event that is listened to.
    public struct Heard: Codable, Sendable, Equatable {
        public var name: String
        /// Since when; what was told before need not have been received.
        public var since: Date

        public init(name: String, since: Date) {
            self.name = name
            self.since = since
        }
    }

    /// What was received of one event that was told within one minute.
    public struct Minute: Codable, Sendable, Equatable {
        /// When the minute began, by the time in the events' ids.
        public var began: Date
        public var name: String
        public var count: Int
        /// The ids' exclusive or, in 32 hexadecimal digits: when one is missing, the difference names it.
        public var digest: String

        public init(began: Date, name: String, count: Int, digest: String) {
            self.began = began
            self.name = name
            self.count = count
            self.digest = digest
        }
    }

    public init(source: String, hears: [Heard], minutes: [Minute], newest: Date?, waiting: Int, dead: Int) {
        self.source = source
        self.hears = hears
        self.minutes = minutes
        self.newest = newest
        self.waiting = waiting
        self.dead = dead
    }

    static let example = InboxTally(
        source: "/lintel/leads",
        hears: [Heard(name: LeadReceived.name.text, since: Date(timeIntervalSince1970: 0))],
        minutes: [
            Minute(
                began: Date(timeIntervalSince1970: 1_795_316_640),
                name: LeadReceived.name.text,
                count: 1,
                digest: "019ab000000070008000000000000002"
            )
        ],
        newest: Sample.instant,
        waiting: 0,
        dead: 0
    )

    /// The event in which a service tells it; nil for a service that hears nothing of the source that is asked for.
    public func event(of service: String) -> (any Contract)? {
        switch service {
        case "sales": SalesInboxTallied(tally: self)
        case "service": ServiceInboxTallied(tally: self)
        case "notify": NotifyInboxTallied(tally: self)
        default: nil
        }
    }
}

/// Sales says what it received.
public struct SalesInboxTallied: Contract {
    public static let name: MessageName = "sales.inbox.tallied.v1"
    public static let summary = "Sales says how many events of another service it received, for the audit."
    public static var example: SalesInboxTallied { SalesInboxTallied(tally: .example) }

    public var tally: InboxTally

    public init(tally: InboxTally) { self.tally = tally }
}

/// Service says what it received.
public struct ServiceInboxTallied: Contract {
    public static let name: MessageName = "service.inbox.tallied.v1"
    public static let summary = "Service says how many events of another service it received, for the audit."
    public static var example: ServiceInboxTallied { ServiceInboxTallied(tally: .example) }

    public var tally: InboxTally

    public init(tally: InboxTally) { self.tally = tally }
}

/// Notify says what it received.
public struct NotifyInboxTallied: Contract {
    public static let name: MessageName = "notify.inbox.tallied.v1"
    public static let summary = "Notify says how many events of another service it received, for the audit."
    public static var example: NotifyInboxTallied { NotifyInboxTallied(tally: .example) }

    public var tally: InboxTally

    public init(tally: InboxTally) { self.tally = tally }
}
