import Contracts
import Foundation

/// A submission that was understood: everything normalised, nothing that PostgreSQL could not store.
struct Enquiry: Sendable, Equatable {
    var channel: String
    var externalID: String?
    var campaign: String?
    var submittedAt: Date?
    var name: String?
    /// E.164.
    var phones: [String]
    /// Lower case.
    var emails: [String]
    /// Lower case.
    var wechat: String?
    var language: String?
    var need: Need?
    var message: String?
    var consent: Consent?
    var referrer: String?
    /// What else a form of the channel's own has asked, by question.
    var answers: [String: String]?
    /// What can be read off need and message, read with them: while it is planned whose it is, nobody else assigns.
    let said: [SaidTag]
    /// What was left out of it and why, for the ledger.
    var notes: [Note]

    /// Something in a submission that was wrong but did not stop it.
    struct Note: Codable, Sendable, Equatable {
        var field: String
        var code: String
    }

    /// The same, as one of a campaign.
    func inCampaign(_ campaign: String) -> Enquiry {
        var enquiry = self
        enquiry.campaign = campaign
        return enquiry
    }

    /// Everything that says who the person is.
    var identifiers: [PersonIdentifier] {
        phones.map { PersonIdentifier(kind: .phone, value: $0) }
            + emails.map { PersonIdentifier(kind: .email, value: $0) }
            + (wechat.map { [PersonIdentifier(kind: .wechat, value: $0)] } ?? [])
    }
}
