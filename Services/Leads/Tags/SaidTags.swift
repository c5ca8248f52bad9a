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
    static func of(_ need: Need?, message: String?) -> [SaidTag] {
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
        for interest in interests(in: message ?? "") { add(.interest, interest, 60) }
        return tags
    }

    /// What matters to whoever wrote this.
    static func interests(in message: String) -> [String] {
        // Byte by byte: in UTF-8 no word begins in the middle of a sign, and hardly any byte begins one of the words.
        let text = message.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
        var found: Set<String> = []
        for place in text.indices {
            for entry in byHead[Int(text[place])] where text[place...].starts(with: entry.word) {
                found.insert(entry.interest)
            }
        }
        return found.sorted()
    }

    /// Everything that may matter to a person.
    static var allInterests: [String] { words.map(\.interest) }

    /// The words by their first byte.
    private static let byHead: [[(word: [UInt8], interest: String)]] = {
        var byHead: [[(word: [UInt8], interest: String)]] = Array(repeating: [], count: 256)
        for (interest, words) in words {
            for word in words.map({ Array($0.utf8) }) { byHead[Int(word[0])].append((word, interest)) }
        }
        return byHead
    }()

    private static let words: [(interest: String, words: [String])] = [
        ("education", ["学区", "学校", "小学", "上学", "school", "kindergarten", "幼儿园"]),
        ("transport", ["地铁", "交通", "通勤", "metro", "subway", "commute"]),
        ("investment", ["投资", "出租", "租金", "回报", "invest", "rental yield"]),
        ("elderly", ["老人", "父母", "养老", "电梯", "parents", "elderly"]),
        ("finance", ["贷款", "首付", "按揭", "公积金", "mortgage", "down payment"]),
    ]
}
