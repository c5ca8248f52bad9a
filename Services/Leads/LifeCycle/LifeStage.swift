import Contracts
import Foundation
import Policies

/// How far somebody has come with us.
enum LifeStage: String, Sendable, CaseIterable, Comparable {
    /// Enquired.
    case potential
    /// Came to see us, or is worth speaking with and was spoken with.
    case intent
    /// Has signed.
    case deal
    /// Has moved in.
    case owner
    /// Has bought again.
    case historic

    private var place: Int { LifeStage.allCases.firstIndex(of: self) ?? 0 }

    static func < (left: LifeStage, right: LifeStage) -> Bool { left.place < right.place }
}

/// Something that speaks for a stage.
struct LifeMark: Sendable, Equatable {
    enum Kind: String, Sendable {
        case visit
        case contact
        case handover
    }

    let kind: Kind
    let ref: String
    var grade: String?
    var contractID: SaleContractID?
    let at: Date
}

/// What a member of staff has said.
struct LifeOrder: Sendable, Equatable {
    /// Nil: things shall take their course again.
    let stage: LifeStage?
    let reason: String
    let by: String
    let at: Date
}

/// What counts as evidence.
struct LifePolicy: Policy {
    static let name = "leads.life"
    static let standard = LifePolicy()

    var visitIsIntent = true
    var gradeAIsIntent = true
    var gradeBIsIntent = true
    var gradeCIsIntent = false
    /// The deal from which on somebody is historic.
    var historicFromDeal = 2

    static let fields: [PolicyField<LifePolicy>] = [
        PolicyField(\.visitIsIntent, "visitIsIntent"),
        PolicyField(\.gradeAIsIntent, "gradeAIsIntent"),
        PolicyField(\.gradeBIsIntent, "gradeBIsIntent"),
        PolicyField(\.gradeCIsIntent, "gradeCIsIntent"),
        PolicyField(\.historicFromDeal, "historicFromDeal", .count, 2...10),
    ]

    func isIntent(_ grade: String?) -> Bool {
        switch grade.flatMap(Grade.init(rawValue:)) {
        case .a: gradeAIsIntent
        case .b: gradeBIsIntent
        case .c: gradeCIsIntent
        case nil: false
        }
    }
}
