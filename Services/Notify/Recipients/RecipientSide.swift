import Contracts
import Foundation
import Web

/// What is known of a person under one of the UIDs that they were ever told of.
///
/// Most people have one side; whoever was merged has several, of which the survivor's is the one without `mergedAt`.
struct RecipientSide: Sendable, Equatable {
    let uid: UID
    var name: String?
    /// E.164.
    var phone: String?
    var email: String?
    var language: String?
    var consent = Consent()
    /// When STOP came, by channel.
    var stoppedAt: [Channel: Date] = [:]
    /// When the person last agreed to a channel.
    var agreedAt: [Channel: Date] = [:]
    /// When it became part of another person.
    var mergedAt: Date?
    /// What that other person refused then.
    var refusedByOther: Set<Channel> = []
    var ownerID: StaffID?
    var project: String?
}

extension Customer {
    /// The person whom these sides make; nil when there are none.
    ///
    /// Of what people allow the stricter holds: what either side has refused or stopped stays refused until the person
    /// agrees anew, after the merge. What one side never spoke of, the other decides. Names, numbers and addresses are
    /// the survivor's, where there are any.
    init?(_ person: UID, sides: [RecipientSide]) {
        guard let first = sides.first else { return nil }
        let survivor = sides.first { $0.mergedAt == nil } ?? first
        let sides = [survivor] + sides.filter { $0.uid != survivor.uid }
        let channels = [Channel.sms, .email]
        self.init(
            uid: person,
            name: sides.lazy.compactMap(\.name).first,
            phone: sides.lazy.compactMap(\.phone).first,
            email: sides.lazy.compactMap(\.email).first,
            language: Language(ofRecipient: sides.lazy.compactMap(\.language).first),
            consent: Consent(
                sms: Self.consent(to: .sms, of: sides),
                email: Self.consent(to: .email, of: sides),
                call: survivor.consent.call
            ),
            optedOut: Set(channels.filter { Self.hasStopped($0, sides) }),
            ownerID: sides.lazy.compactMap(\.ownerID).first,
            project: sides.lazy.compactMap(\.project).first
        )
    }

    private static func consent(to channel: Channel, of sides: [RecipientSide]) -> Bool? {
        if sides[0].consent[channel] == false { return false }
        let isRefused = sides.dropFirst().contains { side in
            let refuses = side.consent[channel] == false || side.refusedByOther.contains(channel)
            return refuses && !isLifted(channel, since: side.mergedAt ?? .distantPast, sides)
        }
        if isRefused { return false }
        return sides[0].consent[channel] ?? (sides.contains { $0.consent[channel] == true } ? true : nil)
    }

    private static func hasStopped(_ channel: Channel, _ sides: [RecipientSide]) -> Bool {
        sides.contains { side in
            guard let stopped = side.stoppedAt[channel] else { return false }
            return !isLifted(channel, since: max(stopped, side.mergedAt ?? .distantPast), sides)
        }
    }

    private static func isLifted(_ channel: Channel, since instant: Date, _ sides: [RecipientSide]) -> Bool {
        sides.contains { $0.agreedAt[channel].map { $0 > instant } ?? false }
    }
}

extension Consent {
    /// What is allowed by a channel; nobody asks for notices in the console.
    subscript(channel: Channel) -> Bool? {
        switch channel {
        case .sms: sms
        case .email: email
        case .inApp: nil
        }
    }
}
