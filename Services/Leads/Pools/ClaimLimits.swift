import Contracts
import Failures
import Foundation
import Policies

/// Under which limits leads are claimed from a pool: each is the pool's own, or the policy's.
///
/// A limit of its own counts what is claimed from that pool alone; the policy's counts what is claimed from all pools
/// together that have none.
struct ClaimLimits: Sendable, Equatable {
    struct Limit: Sendable, Equatable {
        var value: Int
        /// Whose own it is; nil for the policy's.
        var pool: Pool?
    }

    let perDay: Limit
    let heldAtOnce: Limit
    let formerOwnerWaits: Limit
    let newLeadsWait: Limit

    init(_ policy: ClaimPolicy, in pool: Pool? = nil) {
        func limit(_ own: Int?, _ general: Int) -> Limit { Limit(value: own ?? general, pool: own == nil ? nil : pool) }
        perDay = limit(pool?.limits?.perDay, policy.perDay)
        heldAtOnce = limit(pool?.limits?.heldAtOnce, policy.heldAtOnce)
        formerOwnerWaits = limit(pool?.limits?.formerOwnerWaits, policy.formerOwnerWaits)
        newLeadsWait = limit(pool?.limits?.newLeadsWait, policy.newLeadsWait)
    }
}

extension ClaimLimits {
    /// From when on a lead may be claimed that came into a pool at this moment; nil where that is now already.
    func opening(_ pooledAt: Date?, now: Date) -> Date? {
        guard let pooledAt, newLeadsWait.value > 0 else { return nil }
        let from = pooledAt.addingTimeInterval(Double(newLeadsWait.value) * 3_600)
        return now < from ? from : nil
    }
}

extension PoolChanged.Limits {
    /// What a pool can have of its own, by the name that the policy's field has.
    enum Part: String, CaseIterable {
        case perDay
        case heldAtOnce
        case formerOwnerWaits
        case newLeadsWait

        /// What is allowed: the same as in the policy.
        var field: PolicyDescription.Field? {
            PolicyDescription(ClaimPolicy.self).fields.first { $0.name == rawValue }
        }
    }

    subscript(part: Part) -> Int? {
        get {
            switch part {
            case .perDay: perDay
            case .heldAtOnce: heldAtOnce
            case .formerOwnerWaits: formerOwnerWaits
            case .newLeadsWait: newLeadsWait
            }
        }
        set {
            switch part {
            case .perDay: perDay = newValue
            case .heldAtOnce: heldAtOnce = newValue
            case .formerOwnerWaits: formerOwnerWaits = newValue
            case .newLeadsWait: newLeadsWait = newValue
            }
        }
    }

    /// What a pool has of its own.
    var own: [Part] { Part.allCases.filter { self[$0] != nil } }

    /// - Throws: a ``Rejection`` that names the limit and its bounds.
    func check() throws {
        for part in own {
            guard let value = self[part], let field = part.field, !field.range.contains(Double(value)) else { continue }
            throw Rejection.invalid("limits/\(part.rawValue)", "out-of-range", field.bounds)
        }
    }
}
