import Contracts
import Foundation
import Messaging
import Postgres

/// The part of the audit that asks whether the other services received what the journal tells.
struct AuditReceipts: Sendable {
    let tx: Transaction
    let check: ReceiptCheck

    /// What the services say, and the breaches that follow from it.
    func callAsFunction() async throws -> (receivers: [AuditReport.Receiver], breaches: [AuditReport.Breach]) {
        let store = ReceiptAuditStore(tx)
        var receivers = try await store.receivers()
        var lost: [String] = []
        var confused: [String] = []
        for minute in try await store.differing() {
            let place = receivers.firstIndex { $0.service == minute.service }
            switch check.verdict(minute) {
            case .complete: break
            case .notYetReported: if let place { receivers[place].notYetReported += 1 }
            case .missing(let count, let id):
                let sent = if let id { try await store.wasSent(id) } else { (isTold: false, isUnsent: false) }
                if !sent.isUnsent { lost.append(minute.sentence(count, sent.isTold ? id : nil)) }
            case .stranger(let count, let id):
                // Somebody else's: it is said, but nothing that we told is missing.
                if let id, try await !store.wasSent(id).isTold {
                    if let place { receivers[place].strangers += count }
                } else {
                    confused.append(minute.sentence(count, id))
                }
            }
        }
        return (
            receivers,
            [
                AuditReport.Breach(
                    "event-not-received",
                    "A service has not received what the journal tells, although it has received later events.",
                    lost
                ),
                AuditReport.Breach(
                    "received-what-was-not-told",
                    "A service has received more than the journal tells, and what is missing cannot be told from it.",
                    confused
                ),
            ].compactMap { $0 }
        )
    }
}

extension ReceiptMinute {
    fileprivate func sentence(_ count: Int, _ id: UUID?) -> String {
        let time = Wire.text(of: began).prefix(16)
        if let id { return "\(service) \(name) \(id.wire) (\(time)Z)" }
        return "\(service) \(name) \(count) of \(told.events) (\(time)Z)"
    }
}
