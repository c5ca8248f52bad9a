import Contracts
import Messaging

/// Takes a text message that somebody sent us: STOP, 退订 and the like end our own to them, at once.
struct TakeText: Sendable {
    let spine: Spine

    enum Meaning: Equatable {
        case stop
        case other
    }

    /// What a text wants; only a text that is nothing but the word counts.
    static func meaning(of text: String) -> Meaning {
        let word = text.filter { $0.isLetter }.uppercased()
        return stopWords.contains(word) ? .stop : .other
    }

    private static let stopWords: Set<String> = ["STOP", "STOPALL", "UNSUBSCRIBE", "TD", "T", "退订", "退訂", "取消订阅"]

    /// Returns how many people with that number have opted out by it.
    @discardableResult
    func callAsFunction(from phone: String, text: String) async throws -> Int {
        guard TakeText.meaning(of: text) == .stop else { return 0 }
        return try await spine.perform(Cause(actor: "system")) { work in
            let store = RecipientStore(work.tx)
            var count = 0
            for uid in try await store.people(withPhone: TakeText.normalised(phone))
            where try await store.optOut(uid, of: .sms, source: "stop-reply", at: work.now) {
                try await work.publish(
                    RecipientOptedOut(uid: uid, channel: "sms", source: "stop-reply"),
                    about: uid,
                    uid: uid
                )
                count += 1
            }
            return count
        }
    }

    /// Operators write numbers with `+`, with `00` or, at home, without a country.
    static func normalised(_ phone: String) -> String {
        let digits = phone.filter { $0.isASCII && $0.isNumber }
        if phone.hasPrefix("+") { return "+" + digits }
        if digits.hasPrefix("00") { return "+" + digits.dropFirst(2) }
        if digits.count == 11 && digits.hasPrefix("1") { return "+86" + digits }
        return "+" + digits
    }
}
