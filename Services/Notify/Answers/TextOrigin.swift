import Contracts
import Policies

/// Who is taken to have written a text, and what it answers: a pure rule.
struct TextOrigin: Sendable, Equatable {
    enum Kind: String, Sendable {
        /// Somebody's whom we know, to be told.
        case answer
        /// They want no more messages.
        case stop
        /// One of us wrote from their own phone.
        case colleague
        /// Nobody is known to have the number, or too many are.
        case stranger
        /// There are no words in it.
        case empty
    }

    /// What is known of the number that a text came from.
    struct Ground: Sendable, Equatable {
        /// The last message to it, if that was lately.
        var last: SentText?
        /// Everybody on whose card it is, as they are now.
        var people: [UID] = []
        /// One of us has it.
        var isColleagues = false
    }

    /// More people than can share a phone: the number says nothing.
    static let peopleAtMost = 5

    let kind: Kind
    /// By the UIDs that they were written to, or are known by now.
    let uids: [UID]
    /// What it answers.
    let message: SentText?
    /// Whether more people have the number.
    let isShared: Bool
    let why: Contracts.Why

    init(_ text: IncomingText, _ ground: Ground, _ policy: Versioned<AnswerPolicy>) {
        let others = Set(ground.people).subtracting([ground.last?.person].compactMap(\.self))
        let rule: String
        let origin: Kind
        switch (ground.last, ground.people.count) {
        case (let last?, _): (rule, origin, uids) = ("last-message", .answer, [last.uid])
        case (nil, 1): (rule, origin, uids) = ("number", .answer, ground.people)
        case (nil, 2...TextOrigin.peopleAtMost): (rule, origin, uids) = ("shared", .answer, ground.people)
        case (nil, 0) where ground.isColleagues: (rule, origin, uids) = ("colleague", .colleague, [])
        case (nil, 0): (rule, origin, uids) = ("stranger", .stranger, [])
        default: (rule, origin, uids) = ("too-many", .stranger, [])
        }
        kind = text.isStop ? .stop : text.words.isEmpty ? .empty : origin
        message = ground.last
        isShared = ground.last == nil ? ground.people.count > 1 : !others.isEmpty
        why = Contracts.Why(
            rule: "notify.answer.\(rule)",
            version: policy.version,
            inputs: ["days": "\(policy.value.days)", "people": "\(ground.people.count)"],
            otherwise: "The last message to the number decides, if it was lately; else whoever has the number."
        )
    }
}
