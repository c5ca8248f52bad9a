import Contracts
import Foundation

/// A channel as the console shows and edits it.
struct ChannelRecord: Sendable {
    var channel: Channel
    var title: String?
    var cost: ChannelCost?
    var broker: BrokerAccess
}

/// What a channel costs.
struct ChannelCost: Sendable, Equatable {
    enum Basis: String, Sendable, CaseIterable {
        /// For every lead.
        case lead
        /// For every month, by the day.
        case month
    }

    var basis: Basis
    var amount: Money
}

/// What the broker is to know of a channel, and how far that has come.
struct BrokerAccess: Sendable, Equatable {
    enum State: String, Sendable {
        /// The broker's own definitions have its user.
        case file
        case none
        /// To be made, or to get another password.
        case wanted
        case made
        /// To be taken away.
        case unwanted
        case removed

        /// Whether the broker has not been told yet.
        var isUnsettled: Bool { self == .wanted || self == .unwanted }
    }

    var state: State
    /// Why the last attempt failed.
    var fault: String?
    var triedAt: Date?
}

/// What a form or a program says of a channel.
struct ChannelDraft: Sendable, Codable, Equatable {
    var kind: String
    var title: String?
    var defaultCampaign: String?
    /// `lead` or `month`; nil for a channel that costs nothing by itself.
    var costBasis: String?
    /// In the currency's minor unit.
    var costMinor: Int64?
    var currency: String?
    var isActive: Bool?
}

/// One change of a channel, for its history.
struct ChannelChange: Sendable {
    let what: String
    let detail: [String: String]
    let actor: String
    let at: Date
}
