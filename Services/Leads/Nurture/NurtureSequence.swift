import Contracts
import Failures
import Foundation
import Policies

enum NurtureKinds {
    enum Sequence {}
    enum Enrolment {}
}

typealias SequenceID = Identifier<NurtureKinds.Sequence>
typealias EnrolmentID = Identifier<NurtureKinds.Enrolment>

/// What is sent on a day after somebody was enrolled; lines of one day are alternatives, of which the first that fits is sent.
struct NurtureLine: Codable, Sendable, Equatable {
    var day: Int
    /// A tag that must hold of the person, such as `interest=education`; nil for everybody.
    var tag: String?
    var template: String
}

/// What a sequence is to do.
struct NurturePlan: Codable, Sendable, Equatable {
    enum Reply: String, Codable, Sendable, CaseIterable {
        /// Nothing is sent for some days after the person has answered; then it goes on.
        case pause
        /// Whoever answers has left the sequence.
        case end
    }

    var name: String
    /// Whose people are enrolled by themselves.
    var segmentID: SegmentID?
    /// Leads that were given up for these reasons, or were `recycled`, bring their people in; and deals that were lost for
    /// these, as `deal-lost:price`.
    var takes: [String] = []
    var reply = Reply.pause
    var lines: [NurtureLine]
    var isActive: Bool

    /// A lead that nobody followed up went to a pool.
    static let recycled = "recycled"
    /// Before the reason for which Sales says that a deal was lost.
    static let dealLost = "deal-lost:"
    static let lossReasons = ["price", "school", "competitor", "financing", "no-need", "other"]
    static let takeable =
        [recycled] + DiscardReason.choosable.filter { $0 != .spam }.map(\.rawValue) + lossReasons.map { dealLost + $0 }
    static let linesAtMost = 30

    /// The alternatives of each step, in the order of their days.
    var steps: [Step] {
        Dictionary(grouping: lines, by: \.day).sorted { $0.key < $1.key }.map { Step(day: $0.key, lines: $0.value) }
    }

    struct Step: Sendable, Equatable {
        let day: Int
        let lines: [NurtureLine]
    }

    /// What is wrong with it, if anything is.
    func objection(_ policy: NurturePolicy) -> Rejection? {
        guard !lines.isEmpty, lines.count <= Self.linesAtMost else {
            return .invalid("lines", "out-of-range", "A sequence has 1 to \(Self.linesAtMost) lines.")
        }
        if let stranger = takes.first(where: { !Self.takeable.contains($0) }) {
            let known = Self.takeable.joined(separator: ", ")
            return .invalid("takes", "unknown-reason", "\(stranger) is none of \(known).")
        }
        return lines.enumerated().compactMap { $1.objection("lines/\($0)", policy) }.first
    }
}

extension NurtureLine {
    fileprivate func objection(_ path: String, _ policy: NurturePolicy) -> Rejection? {
        guard (0...policy.horizonDays).contains(day) else {
            return .invalid("\(path)/day", "out-of-range", "day is from 0 to \(policy.horizonDays).")
        }
        guard MarketingText.all.contains(template) else {
            let known = MarketingText.all.joined(separator: ", ")
            return .invalid("\(path)/template", "unknown-template", "template is one of \(known).")
        }
        guard tag.map({ $0.wholeMatch(of: /[a-z0-9][a-z0-9-]{0,39}=.{1,80}/) != nil }) ?? true else {
            return .invalid("\(path)/tag", "invalid-tag", "tag is a key, = and a value, such as interest=education.")
        }
        return nil
    }
}

/// A version of what is sent over up to twelve months to people who have not bought.
struct NurtureSequence: Sendable, Equatable {
    let id: SequenceID
    var plan: NurturePlan
    var version = 1
    var changedBy: String
    var changedAt: Date
}

/// How far nurture goes.
struct NurturePolicy: Policy {
    static let name = "nurture.limits"
    static let standard = NurturePolicy()

    /// After so long nobody is sent anything any more.
    var horizonDays = 366
    /// Who has answered, or was spoken with, is left alone for so long.
    var pauseDays = 14
    /// How often a sequence looks for new people in its segment.
    var enrolEveryHours = 24

    static let fields: [PolicyField<NurturePolicy>] = [
        PolicyField(\.horizonDays, "horizonDays", .days, 1...366),
        PolicyField(\.pauseDays, "pauseDays", .days, 1...180),
        PolicyField(\.enrolEveryHours, "enrolEveryHours", .hours, 1...168),
    ]
}
