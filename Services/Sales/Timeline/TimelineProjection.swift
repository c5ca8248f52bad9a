import Contracts
import Messaging

/// Builds the timeline from every event of every service that concerns a person.
enum TimelineProjection {
    /// Every event that may concern a person; commands, tallies and what is only about staff are not among them.
    static let names: Set<MessageName> = Set(
        Registry.contracts.map { $0.name }.filter {
            $0 != SubmitLead.name && $0 != StaffChanged.name && !$0.text.contains(".inbox.tallied.")
        }
    )

    static let projection = Projection("timeline", of: names) { received, work in
        try await TimelineStore(work.tx).add(received.filter(concernsCustomer))
    }

    /// Notices to members of staff name the customer they are about, but were not sent to them.
    private static func concernsCustomer(_ received: Received) -> Bool {
        guard received.envelope.uid != nil else { return false }
        guard received.envelope.type.text.hasPrefix("notify.message.") else { return true }
        let addressee = try? decodeStrictly(Addressed.self, from: received.body).data
        return addressee?.staffID == nil
    }

    private struct Addressed: Decodable {
        struct Addressee: Decodable {
            let staffID: StaffID?
        }

        let data: Addressee
    }
}
