import Policies

/// How soon somebody is called again whom nobody has named a date for, per grade, and when the manager hears of it.
struct FollowUpPolicy: Policy {
    static let name = "follow-up.clock"
    static let standard = FollowUpPolicy()

    var aWithinHours = 24
    var bWithinHours = 72
    var cWithinHours = 168
    /// From the reminder to the manager.
    var managerAfterHours = 24

    static let fields: [PolicyField<FollowUpPolicy>] = [
        PolicyField(\.aWithinHours, "aWithinHours", .hours, 1...2_160),
        PolicyField(\.bWithinHours, "bWithinHours", .hours, 1...2_160),
        PolicyField(\.cWithinHours, "cWithinHours", .hours, 1...4_320),
        PolicyField(\.managerAfterHours, "managerAfterHours", .hours, 1...720),
    ]

    func seconds(_ grade: Grade) -> Double {
        let hours =
            switch grade {
            case .a: aWithinHours
            case .b: bWithinHours
            case .c: cWithinHours
            }
        return Double(hours) * 3_600
    }
}
