import Contracts
import Messaging

/// A text message that somebody sent us, as the gateway hands it over.
struct IncomingText: Sendable, Equatable {
    /// E.164 where that can be told.
    let phone: String
    /// The words, without what a database cannot keep, cut where nobody reads on.
    let words: String
    /// The gateway's own id of it.
    let gatewayID: String?
    /// When it was sent, in the gateway's words.
    let sentAt: String?

    /// How long the same words from the same number are the same text, where the gateway says neither id nor time.
    static let repeatedWithin: Double = 600
    private static let wordsAtMost = 2_000

    init(from phone: String, text: String, gatewayID: String? = nil, sentAt: String? = nil) {
        self.phone = IncomingText.normalised(phone)
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }.filter { $0.value != 0 }
        var clean = String(String.UnicodeScalarView(scalars))
        while clean.last?.isWhitespace == true { clean.removeLast() }
        words = String(clean.prefix(IncomingText.wordsAtMost))
        self.gatewayID = gatewayID.flatMap { $0.isEmpty ? nil : String($0.prefix(200)) }
        self.sentAt = sentAt.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What tells it from every other text; nil where the gateway says too little.
    var key: String? {
        if let gatewayID { return "id \(gatewayID)" }
        return sentAt.map { "digest " + Digest.of(Array("\(phone)\n\($0)\n\(words)".utf8)) }
    }

    /// Whether it is nothing but STOP, 退订 or the like.
    var isStop: Bool { IncomingText.stopWords.contains(words.filter(\.isLetter).uppercased()) }

    private static let stopWords: Set<String> = ["STOP", "STOPALL", "UNSUBSCRIBE", "TD", "T", "退订", "退訂", "取消订阅"]

    /// Operators write numbers with `+`, with `00` or, at home, without a country.
    static func normalised(_ phone: String) -> String {
        let digits = phone.filter { $0.isASCII && $0.isNumber }
        if phone.hasPrefix("+") { return "+" + digits }
        if digits.hasPrefix("00") { return "+" + digits.dropFirst(2) }
        if digits.count == 11 && digits.hasPrefix("1") { return "+86" + digits }
        return "+" + digits
    }
}

/// The last message that was sent to a number.
struct SentText: Sendable, Equatable {
    let id: MessageID
    /// The person as they were written to, and who that is now.
    let uid: UID
    let person: UID
    let template: String
    let causeName: String
    /// What it was about.
    let about: String?

    /// The lead that it was about.
    var leadID: LeadID? { causeName.hasPrefix("leads.lead.") ? about.flatMap { LeadID($0) } : nil }

    /// The case that it was about.
    var caseID: CaseID? {
        ["service.case.", "service.sla."].contains(where: causeName.hasPrefix) ? about.flatMap { CaseID($0) } : nil
    }
}
