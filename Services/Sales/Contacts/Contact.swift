import Contracts
import Failures
import Foundation

/// A call, visit or message between an agent and a customer.
struct Contact: Sendable, Equatable {
    /// By which means.
    enum Kind: String, Sendable, CaseIterable {
        case call
        case visit
        case wechat
        case sms
        case email
    }

    let id: ContactID
    let uid: UID
    let leadID: LeadID?
    let staffID: StaffID
    let kind: Kind
    /// Whether the person was really spoken with.
    let isReached: Bool
    let note: String?
    let nextAction: String?
    let nextAt: Date?
    let contactedAt: Date

    var logged: ContactLogged {
        ContactLogged(
            contactID: id,
            uid: uid,
            leadID: leadID,
            staffID: staffID,
            kind: kind.rawValue,
            isReached: isReached,
            note: note,
            nextAction: nextAction,
            nextAt: nextAt,
            contactedAt: contactedAt
        )
    }
}

/// A contact as somebody reports it.
struct ContactReport: Sendable, Equatable {
    var kind: String
    var isReached: Bool
    var note: String?
    var nextAction: String?
    var nextAt: Date?
    /// Now where nothing is said.
    var contactedAt: Date?

    /// - Throws: a ``Rejection`` that names the field.
    func contact(with customer: Customer, by staff: StaffID, now: Date) throws -> Contact {
        guard let kind = Contact.Kind(rawValue: kind) else {
            throw Rejection.invalid("kind", "unknown-kind", "kind is one of call, visit, wechat, sms, email.")
        }
        let at = (contactedAt ?? now).toMilliseconds
        guard at <= now.addingTimeInterval(60) else {
            throw Rejection.invalid("contactedAt", "in-the-future", "contactedAt lies in the future.")
        }
        let action = nextAction?.nonEmpty
        guard nextAt == nil || action != nil else {
            throw Rejection.invalid("nextAction", "missing-field", "Say what is to be done then.")
        }
        return Contact(
            id: .new(),
            uid: customer.uid,
            leadID: customer.leadID,
            staffID: staff,
            kind: kind,
            isReached: isReached,
            note: try note?.nonEmpty?.atMost(4_000, field: "note"),
            nextAction: try action?.atMost(200, field: "nextAction"),
            nextAt: nextAt?.toMilliseconds,
            contactedAt: at
        )
    }
}

extension String {
    /// The text without white space around it and without U+0000; nil when nothing is left.
    var nonEmpty: String? {
        let text = replacing("\0", with: "").trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
    }

    /// - Throws: a ``Rejection`` when the text is longer.
    func atMost(_ limit: Int, field: String) throws -> String {
        guard count <= limit else {
            throw Rejection.invalid(field, "too-long", "\(field) has more than \(limit) characters.")
        }
        return self
    }
}
