import Policies

/// What is taken to be an answer to what.
struct AnswerPolicy: Policy {
    static let name = "notify.answers"
    static let standard = AnswerPolicy()

    /// What somebody writes within so many days of the last message to their number answers it.
    var days = 30

    static let fields: [PolicyField<AnswerPolicy>] = [PolicyField(\.days, "days", .days, 1...365)]
}
