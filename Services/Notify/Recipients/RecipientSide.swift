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
    /// What the consent goes by.
    var grounds: [ConsentGround] = []
    /// When STOP came, by channel.
    var stoppedAt: [Channel: Date] = [:]
    /// What alone mails were stopped for, by the link of one; nil for everything.
    var stoppedMailsFor: ConsentPurpose?
    /// When the person last agreed to a channel, as Leads told before it told grounds.
    var agreedAt: [Channel: Date] = [:]
    /// When it became part of another person.
    var mergedAt: Date?
    /// What that other person refused then.
    var refusedByOther: ConsentScope = []
    var ownerID: StaffID?
    var project: String?
}

extension Customer {
    /// The person whom these sides make; nil when there are none.
    ///
    /// Of what people allow the stricter holds: what either side has refused or stopped stays refused until the person
    /// agrees anew, after the merge; so it is for each purpose. What one side never spoke of, the other decides. Names,
    /// numbers and addresses are the survivor's, where there are any.
    init?(_ person: UID, sides: [RecipientSide]) {
        guard let first = sides.first else { return nil }
        let survivor = sides.first { $0.mergedAt == nil } ?? first
        let sides = [survivor] + sides.filter { $0.uid != survivor.uid }
        var (allowed, refused, stopped): (ConsentScope, ConsentScope, ConsentScope) = ([], [], [])
        for channel in [Channel.sms, .email] {
            for purpose in ConsentPurpose.allCases {
                let one = channel.scope(purpose)
                switch Self.allows(purpose, channel, sides) {
                case true?: allowed.insert(one)
                case false?: refused.insert(one)
                case nil: break
                }
                if Self.hasStopped(one, channel, sides) { stopped.insert(one) }
            }
        }
        self.init(
            uid: person,
            name: sides.lazy.compactMap(\.name).first,
            phone: sides.lazy.compactMap(\.phone).first,
            email: sides.lazy.compactMap(\.email).first,
            language: Language(ofRecipient: sides.lazy.compactMap(\.language).first),
            consent: Consent(allowed: allowed, refused: refused),
            grounds: sides.flatMap(\.grounds),
            optedOut: stopped,
            ownerID: sides.lazy.compactMap(\.ownerID).first,
            project: sides.lazy.compactMap(\.project).first
        )
    }

    private static func allows(_ purpose: ConsentPurpose, _ channel: Channel, _ sides: [RecipientSide]) -> Bool? {
        let one = channel.scope(purpose)
        func said(_ side: RecipientSide) -> Bool? { channel.means.flatMap { side.consent[purpose, $0] } }
        if said(sides[0]) == false { return false }
        let isRefused = sides.dropFirst().contains { side in
            let refuses = said(side) == false || side.refusedByOther.contains(one)
            return refuses && !isLifted(one, channel, since: side.mergedAt ?? .distantPast, sides)
        }
        if isRefused { return false }
        return said(sides[0]) ?? (sides.contains { said($0) == true } ? true : nil)
    }

    private static func hasStopped(_ one: ConsentScope, _ channel: Channel, _ sides: [RecipientSide]) -> Bool {
        sides.contains { side in
            guard let stopped = side.stoppedAt[channel] else { return false }
            if channel == .email, let only = side.stoppedMailsFor, channel.scope(only) != one { return false }
            return !isLifted(one, channel, since: max(stopped, side.mergedAt ?? .distantPast), sides)
        }
    }

    /// Whether the person has agreed anew since, and somebody has noted it: what a form says takes back no no.
    private static func isLifted(
        _ one: ConsentScope,
        _ channel: Channel,
        since instant: Date,
        _ sides: [RecipientSide]
    ) -> Bool {
        sides.contains { side in
            if let agreed = side.agreedAt[channel], agreed > instant { return true }
            return side.grounds.contains { ground in
                ground.allows && ground.source == "staff" && ground.at > instant
                    && ConsentScope(names: ground.scope).contains(one)
            }
        }
    }
}

extension Channel {
    /// What people allow or refuse; nobody asks for notices in the console.
    var means: ConsentMeans? {
        switch self {
        case .sms: .sms
        case .email: .email
        case .inApp: nil
        }
    }

    /// A purpose by this channel.
    func scope(_ purpose: ConsentPurpose) -> ConsentScope { means.map { ConsentScope(purpose, by: $0) } ?? [] }
}
