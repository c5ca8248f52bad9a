import Contracts
import Foundation
import Policies

/// What a buyer is worth to us: how much they bought for, and whether they are still in touch.
enum ValueLayer: String, Sendable, CaseIterable {
    /// Bought for much, and is in touch.
    case core
    /// Bought for much, and is not.
    case potential
    /// Bought for less, and is in touch.
    case active
    /// Neither.
    case dormant
}

/// By what people are put into layers, and what is done for each.
struct ValuePolicy: Policy {
    static let name = "leads.value"
    static let standard = ValuePolicy()

    /// From which fifth on somebody has bought for much.
    var highValueFrom = 4
    /// From which sum of the fifths of recency and frequency on somebody is in touch.
    var activeFrom = 7
    /// How far back it is counted how often somebody was in touch.
    var countedDays = 365
    /// Fewer buyers than this have no fifths.
    var peopleAtLeast = 5
    /// When all is reckoned anew.
    var nightHour = 2
    var corePrioritySelection = true
    var coreGreenChannel = true
    var potentialFeeGift = true
    var potentialDoublePoints = true
    var activeRegularContact = true
    var dormantGreeting = true
    var dormantScarceListing = true

    static let fields: [PolicyField<ValuePolicy>] = [
        PolicyField(\.highValueFrom, "highValueFrom", .count, 2...5),
        PolicyField(\.activeFrom, "activeFrom", .count, 3...10),
        PolicyField(\.countedDays, "countedDays", .days, 30...3_650),
        PolicyField(\.peopleAtLeast, "peopleAtLeast", .count, 2...1_000),
        PolicyField(\.nightHour, "nightHour", .count, 0...23),
        PolicyField(\.corePrioritySelection, "corePrioritySelection"),
        PolicyField(\.coreGreenChannel, "coreGreenChannel"),
        PolicyField(\.potentialFeeGift, "potentialFeeGift"),
        PolicyField(\.potentialDoublePoints, "potentialDoublePoints"),
        PolicyField(\.activeRegularContact, "activeRegularContact"),
        PolicyField(\.dormantGreeting, "dormantGreeting"),
        PolicyField(\.dormantScarceListing, "dormantScarceListing"),
    ]

    /// What is done for people of a layer; in the glossary as `policy.leads.value.<name>`.
    func strategies(for layer: ValueLayer) -> [String] {
        let all: [(ValueLayer, String, Bool)] = [
            (.core, "corePrioritySelection", corePrioritySelection), (.core, "coreGreenChannel", coreGreenChannel),
            (.potential, "potentialFeeGift", potentialFeeGift),
            (.potential, "potentialDoublePoints", potentialDoublePoints),
            (.active, "activeRegularContact", activeRegularContact), (.dormant, "dormantGreeting", dormantGreeting),
            (.dormant, "dormantScarceListing", dormantScarceListing),
        ]
        return all.filter { $0.0 == layer && $0.2 }.map(\.1)
    }

    /// The next time it is the hour of the night.
    func nextNight(after now: Date, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let hour = DateComponents(hour: nightHour, minute: 30)
        return calendar.nextDate(after: now, matching: hour, matchingPolicy: .nextTime)
            ?? now.addingTimeInterval(86_400)
    }
}

/// What a person is worth in one project, and from what that was reckoned.
struct ValueStanding: Sendable, Equatable {
    let project: String
    let layer: ValueLayer
    let lastAt: Date
    let times: Int
    let minor: Int64
    let recency: Int
    let frequency: Int
    let value: Int
    let people: Int
    let valueFrom: Int64?
    let policyVersion: Int

    var why: Why {
        var inputs = [
            "lastInTouch": Wire.text(of: lastAt), "timesInTouch": "\(times)", "boughtFor": "\(minor / 100)",
            "fifthOfRecency": "\(recency)", "fifthOfFrequency": "\(frequency)", "fifthOfValue": "\(value)",
            "buyers": "\(people)", "policy": "\(policyVersion)",
        ]
        inputs["highValueFrom"] = valueFrom.map { "\($0 / 100)" }
        return Why(
            rule: "value.\(layer.rawValue)",
            version: 1,
            inputs: inputs,
            otherwise: "In touch more or less often, or with a larger or smaller deal, the layer would be another."
        )
    }
}
