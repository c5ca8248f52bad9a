import Contracts
import Failures
import Foundation
import Phone

/// Makes an ``Enquiry`` of a submission, or says which field breaks which rule.
struct EnquiryReader {
    private static let listLimit = 20

    private var notes: [Enquiry.Note] = []

    /// - Throws: a ``Rejection`` when nobody could be reached, or a value cannot be meant.
    static func read(_ submission: SubmitLead, now: Date) throws -> Enquiry {
        var reader = EnquiryReader()
        return try reader.read(submission, now: now)
    }

    private mutating func read(_ submission: SubmitLead, now: Date) throws -> Enquiry {
        let person = submission.person
        let phones = phones(person.phones ?? [])
        let emails = emails(person.emails ?? [])
        let wechat = wechat(person.wechat)
        guard !phones.isEmpty || !emails.isEmpty || wechat != nil else { throw unreachable(person) }
        let need = try submission.need.map { try self.need($0) }
        let message = text(submission.message, "message", atMost: 4_000)
        return Enquiry(
            channel: submission.channel,
            externalID: try EnquiryReader.externalID(submission.externalId),
            campaign: submission.campaign?.cleaned(atMost: 100),
            submittedAt: date(submission.submittedAt, now: now),
            name: text(person.name, "person/name", atMost: 100),
            phones: phones,
            emails: emails,
            wechat: wechat,
            language: person.language?.cleaned(atMost: 20),
            need: need,
            message: message,
            consent: submission.consent.map { consent($0) },
            referrer: submission.referrer?.code?.cleaned(atMost: 100),
            answers: EnquiryReader.answers(submission.attributes),
            said: SaidTag.of(need, message: message),
            notes: notes
        )
    }

    static func externalID(_ text: String?) throws -> String? {
        guard let id = text, !id.isEmpty else { return nil }
        guard !id.isLonger(than: 200) else {
            throw Rejection.invalid("externalId", "too-long", "externalId has at most 200 characters.")
        }
        return id
    }

    private mutating func phones(_ texts: [String]) -> [String] {
        var phones: [String] = []
        for (index, text) in texts.enumerated() {
            guard index < EnquiryReader.listLimit, let phone = PhoneNumber.e164(text) else {
                notes.append(.init(field: "person/phones/\(index)", code: "not-a-phone-number"))
                continue
            }
            if !phones.contains(phone) { phones.append(phone) }
        }
        return phones
    }

    private mutating func emails(_ texts: [String]) -> [String] {
        var emails: [String] = []
        for (index, text) in texts.enumerated() {
            guard index < EnquiryReader.listLimit, let email = EmailAddress.normalised(text) else {
                notes.append(.init(field: "person/emails/\(index)", code: "not-an-email-address"))
                continue
            }
            if !emails.contains(email) { emails.append(email) }
        }
        return emails
    }

    private mutating func wechat(_ text: String?) -> String? {
        guard let id = text?.trimmed, !id.isEmpty else { return nil }
        guard !id.isLonger(than: 64), !id.contains(where: \.isWhitespace) else {
            notes.append(.init(field: "person/wechat", code: "not-a-wechat-id"))
            return nil
        }
        return id.lowercased()
    }

    private mutating func text(_ text: String?, _ field: String, atMost limit: Int) -> String? {
        if let text, text.isLonger(than: limit) { notes.append(.init(field: field, code: "shortened")) }
        return text?.cleaned(atMost: limit)
    }

    private mutating func date(_ date: Date?, now: Date) -> Date? {
        guard let date else { return nil }
        guard date > Date(timeIntervalSince1970: 946_684_800), date < now.addingTimeInterval(86_400) else {
            notes.append(.init(field: "submittedAt", code: "not-a-plausible-time"))
            return nil
        }
        return date
    }

    /// A need that somebody of ours states: what an enquiry would lose a part of is refused.
    static func need(_ raw: Need) throws -> Need {
        var reader = EnquiryReader()
        let need = try reader.need(raw)
        if let note = reader.notes.first {
            throw Rejection.invalid(note.field, note.code, "\(note.field) cannot be taken.")
        }
        return need
    }

    private mutating func need(_ raw: Need) throws -> Need {
        Need(
            purpose: raw.purpose?.cleaned(atMost: 20),
            projects: EnquiryReader.list(raw.projects),
            districts: EnquiryReader.list(raw.districts),
            layouts: EnquiryReader.list(raw.layouts),
            budget: try raw.budget.map { try budget($0) },
            area: area(raw.area),
            timeframe: raw.timeframe?.cleaned(atMost: 20)
        )
    }

    private func budget(_ raw: MoneyRange) throws -> MoneyRange {
        for (field, value) in [("need/budget/min", raw.min), ("need/budget/max", raw.max)] {
            guard let value else { continue }
            guard value >= 0, value <= Int64(JSONShape.exactLimit) else {
                throw Rejection.invalid(field, "out-of-range", "\(field) lies between 0 and 2^53.")
            }
        }
        let currency = raw.currency?.uppercased()
        if let currency, currency.count != 3 || !currency.allSatisfy({ $0.isASCII && $0.isLetter }) {
            throw Rejection.invalid(
                "need/budget/currency",
                "not-a-currency",
                "need/budget/currency is an ISO 4217 code."
            )
        }
        return MoneyRange(min: raw.min, max: raw.max, currency: currency)
    }

    private mutating func area(_ raw: AreaRange?) -> AreaRange? {
        guard let raw else { return nil }
        let isPlausible = [raw.min, raw.max].allSatisfy { $0.map { $0.isFinite && $0 >= 0 && $0 < 1e6 } ?? true }
        guard isPlausible else {
            notes.append(.init(field: "need/area", code: "not-a-plausible-area"))
            return nil
        }
        return raw
    }

    private mutating func consent(_ raw: Consent) -> Consent {
        var consent = raw
        for purpose in (raw.purposes ?? [:]).keys.sorted() where ConsentPurpose(rawValue: purpose) == nil {
            notes.append(.init(field: "consent/purposes/\(purpose.prefix(40))", code: "unknown-purpose"))
            consent.purposes?[purpose] = nil
        }
        consent.words = text(raw.words, "consent/words", atMost: 200)
        return consent
    }

    private static func list(_ texts: [String]?) -> [String]? {
        texts.map { $0.prefix(listLimit).compactMap { $0.cleaned(atMost: 100) } }
    }

    /// A page of a form has few questions; what is longer than rules could name is left to the ledger.
    private static func answers(_ attributes: [String: String]?) -> [String: String]? {
        guard let attributes, !attributes.isEmpty else { return nil }
        // In the order of their names, so that the same enquiry says the same wherever it is read.
        var answers: [String: String] = [:]
        for (question, answer) in attributes.sorted(by: { $0.key < $1.key }).prefix(listLimit) {
            guard let name = question.cleaned(atMost: 80), answers[name] == nil else { continue }
            answers[name] = answer.cleaned(atMost: 100)
        }
        return answers
    }

    /// Names the first way to reach the person that was given and is none.
    private func unreachable(_ person: SubmitLead.Person) -> Rejection {
        guard let note = notes.first(where: { $0.field.hasPrefix("person/") }) else {
            return .invalid("person", "unreachable", "person needs a phone, an e-mail or a wechat id.")
        }
        return .invalid(note.field, note.code, "\(note.field) is no way to reach anybody, and there is no other.")
    }
}
