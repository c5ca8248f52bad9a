/// A batch cut into parts that share no order key, so that they may be handled at once.
struct IndependentParts {
    /// What messages are tied together by their keys: the index of another message of the same tie, or its own.
    private var ties: [Int]

    /// Smaller batches are not worth a second transaction.
    static let worthwhile = 64

    /// The messages in `count` parts at most, of about the same size, each in the order in which they came.
    static func of<Content>(_ messages: [Incoming<Content>], atMost count: Int) -> [[Incoming<Content>]] {
        guard count > 1, messages.count >= worthwhile else { return [messages] }
        var ties = IndependentParts(messages.map(\.orderKeys))
        let ends = messages.indices.map { ties.end(of: $0) }
        let sizes = Dictionary(ends.map { ($0, 1) }, uniquingKeysWith: +)
        var partOfTie: [Int: Int] = [:]
        var loads = Array(repeating: 0, count: count)
        var parts: [[Incoming<Content>]] = Array(repeating: [], count: count)
        for (message, end) in zip(messages, ends) {
            let part = partOfTie[end] ?? loads.indices.min { loads[$0] < loads[$1] } ?? 0
            if partOfTie.updateValue(part, forKey: end) == nil { loads[part] += sizes[end] ?? 1 }
            parts[part].append(message)
        }
        return parts.filter { !$0.isEmpty }
    }

    private init(_ keys: [[String]]) {
        ties = Array(keys.indices)
        var firsts: [String: Int] = [:]
        for (index, keys) in keys.enumerated() {
            for key in keys {
                if let first = firsts[key] { tie(index, first) } else { firsts[key] = index }
            }
        }
    }

    private mutating func tie(_ one: Int, _ other: Int) { ties[end(of: one)] = end(of: other) }

    /// The message that stands for all that are tied to this one.
    private mutating func end(of index: Int) -> Int {
        var index = index
        while ties[index] != index {
            ties[index] = ties[ties[index]]
            index = ties[index]
        }
        return index
    }
}
