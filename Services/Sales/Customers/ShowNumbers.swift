import Contracts
import Failures
import Messaging

/// Shows the numbers of a customer to somebody who is not responsible, for a reason that is kept.
struct ShowNumbers: Sendable {
    /// - Throws: a ``Rejection`` for whoever may not ask, or gives no reason.
    func callAsFunction(of uid: UID, because reason: String?, by access: Access, _ work: Work) async throws -> Customer
    {
        let customer = try await CustomerStore(work.tx).seen(uid, by: access)
        guard !access.isResponsible(for: customer) else { return customer }
        guard access.mayUnmask(customer) else {
            throw Rejection(.forbidden, "role-not-allowed", "Your role does not have numbers shown.")
        }
        guard let reason = try reason?.nonEmpty?.atMost(200, field: "reason") else {
            throw Rejection.invalid("reason", "reason-missing", "Say why you need the numbers.")
        }
        let shown = CustomerUnmasked(uid: uid, staffID: access.staffID, reason: reason, ownerID: customer.ownerID)
        try await work.publish(shown, about: uid, uid: uid)
        return customer
    }
}
