import Contracts

/// What an enquiry says of a person.
struct SaidTag: Codable, Sendable, Equatable {
    var key: String
    var value: String
    /// Percent.
    var confidence: Int
}

extension SaidTag {
    /// Everything that can be read off an enquiry; words of the message are surmised, fields were filled in.
    static func of(_ enquiry: Enquiry) -> [SaidTag] {
        let need = enquiry.need
        var tags: [SaidTag] = []
        func add(_ key: TagKey, _ value: String?, _ confidence: Int = 80) {
            guard let value = value?.cleaned(atMost: 80) else { return }
            let tag = SaidTag(key: key.rawValue, value: value, confidence: confidence)
            if !tags.contains(tag) { tags.append(tag) }
        }
        add(.purpose, need?.purpose)
        add(.timeframe, need?.timeframe)
        add(.budget, need?.budget.flatMap(BudgetBand.of))
        for district in need?.districts ?? [] { add(.region, district) }
        for layout in need?.layouts ?? [] { add(.layout, layout) }
        for project in need?.projects ?? [] { add(.project, project) }
        for interest in interests(in: enquiry.message ?? "") { add(.interest, interest, 60) }
        return tags
    }

    /// What matters to whoever wrote this.
    static func interests(in message: String) -> [String] {
        guard !message.isEmpty else { return [] }
        let text = message.lowercased()
        var found: Set<String> = []
        // Hardly any sign begins one of the words, so that a message is looked through once and not once per word.
        for place in text.unicodeScalars.indices {
            for (word, interest) in byHead[text.unicodeScalars[place]] ?? [] where text[place...].hasPrefix(word) {
                found.insert(interest)
            }
        }
        return found.sorted()
    }

    /// Everything that may matter to a person.
    static var allInterests: [String] { words.map(\.interest) }

    private static let byHead: [Unicode.Scalar: [(word: String, interest: String)]] = {
        let all = words.flatMap { entry in entry.words.map { (word: $0, interest: entry.interest) } }
        let headed = all.compactMap { one in one.word.unicodeScalars.first.map { (head: $0, one: one) } }
        return Dictionary(grouping: headed, by: \.head).mapValues { $0.map(\.one) }
    }()

    private static let words: [(interest: String, words: [String])] = [
        ("education", ["学区", "学校", "小学", "上学", "school", "kindergarten", "幼儿园"]),
        ("transport", ["地铁", "交通", "通勤", "metro", "subway", "commute"]),
        ("investment", ["投资", "出租", "租金", "回报", "invest", "rental yield"]),
        ("elderly", ["老人", "父母", "养老", "电梯", "parents", "elderly"]),
        ("finance", ["贷款", "首付", "按揭", "公积金", "mortgage", "down payment"]),
    ]
}
