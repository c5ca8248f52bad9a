import Contracts
import Messaging

/// Keeps what another service says that it received of our events, for the audit.
struct NoteReceipts: Sendable {
    func callAsFunction(_ tally: InboxTally, by envelope: Envelope, _ work: Work) async throws {
        guard tally.source == "/lintel/leads" else { return }
        let store = ReceiptStore(work.tx)
        let service = envelope.type.service
        try await store.note(service, tally, toldAt: envelope.time, sequence: envelope.sequence ?? 0)
        try await store.note(service, tally.minutes, sequence: envelope.sequence ?? 0)
    }
}
