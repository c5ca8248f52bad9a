public import struct Foundation.Date

/// Leads are offered to whoever claims them first; what came within a minute is told at once.
public struct LeadsOffered: Contract {
    public static let name: MessageName = "leads.pool.offered.v1"
    public static let summary = "Leads are offered to whoever of a pool's members claims them first."

    /// The leads of one pool.
    public struct Offer: Codable, Sendable, Equatable {
        public var pool: String
        /// As people call it; the same as `pool` where the glossary names it.
        public var title: String
        /// How many of them nobody has claimed yet.
        public var leads: Int
        /// Until when the last of them is offered.
        public var until: Date
        /// Who may claim them and is there.
        public var members: [StaffID]

        public init(pool: String, title: String, leads: Int, until: Date, members: [StaffID]) {
            self.pool = pool
            self.title = title
            self.leads = leads
            self.until = until
            self.members = members
        }
    }

    public var offers: [Offer]

    public init(offers: [Offer]) { self.offers = offers }

    public static var example: LeadsOffered {
        LeadsOffered(offers: [
            Offer(pool: "pudong", title: "浦东公海", leads: 3, until: Sample.instant, members: [Sample.agent])
        ])
    }
}
