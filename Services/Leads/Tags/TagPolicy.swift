import Policies

/// How long tags hold.
struct TagPolicy: Policy {
    static let name = "tags.validity"
    static let standard = TagPolicy()

    /// What a person wrote of themselves.
    var enquiryDays = 365
    /// What staff said.
    var staffDays = 1_095

    static let fields: [PolicyField<TagPolicy>] = [
        PolicyField(\.enquiryDays, "enquiryDays", .days, 1...3_650),
        PolicyField(\.staffDays, "staffDays", .days, 1...3_650),
    ]
}
