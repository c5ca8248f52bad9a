import Contracts
import Foundation
import Messaging

/// A submission as the ledger has kept it.
struct StoredSubmission: Sendable {
    let id: UUID
    let channel: String
    let key: String
    let externalID: String?
    let body: [UInt8]
    let receivedAt: Date
    let leadID: LeadID
}

/// Reads submissions of the ledger once more: it keeps the bytes, and what they say follows from them.
///
/// Pure. What a platform posted is read by the mapping as it is now.
struct ReadAgain: Sendable {
    let adapters: [String: AdapterSettings]
    let zone: TimeZone
    let now: Date

    /// Nil where it cannot be read any more: it was blanked, or the mapping does not fit it now.
    func callAsFunction(_ stored: StoredSubmission) -> Enquiry? {
        let received = ReceivedSubmission(
            transport: .http,
            routedChannel: stored.channel,
            body: stored.body,
            digest: ""
        )
        return ParsedSubmission(received, now: now).enquiry ?? posted(stored)
    }

    private func posted(_ stored: StoredSubmission) -> Enquiry? {
        guard let settings = adapters[stored.channel] else { return nil }
        let reader = AdapterReader(channel: stored.channel, settings: settings, zone: zone, now: now)
        for type in ["application/json", "application/x-www-form-urlencoded"] {
            let leads = reader.read(stored.body, contentType: type)
            let place = stored.key.split(separator: "/").last.flatMap { Int($0) }
            let own =
                leads.count == 1
                ? leads.first
                : leads.first { $0.externalID != nil && $0.externalID == stored.externalID }
                    ?? place.flatMap { leads.indices.contains($0) ? leads[$0] : nil }
            if let enquiry = try? own?.reading.get() { return enquiry }
        }
        // One that was fetched from the platform stands there by itself.
        return (try? Payload(stored.body, contentType: nil)).flatMap { try? reader.readFetched($0).reading.get() }
    }
}
