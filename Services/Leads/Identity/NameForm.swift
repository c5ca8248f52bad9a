import Foundation

/// A name as far as it tells people apart: without case, full-width forms, titles and the order of its words.
struct NameForm: Sendable, Hashable {
    /// Lower case, in order.
    let words: [String]

    init(_ name: String) {
        let folded = name.precomposedStringWithCompatibilityMapping.lowercased()
        let all = folded.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        let kept = all.filter { !NameForm.titles.contains($0) }.map(NameForm.withoutTitle)
        words = (kept.isEmpty ? all : kept).sorted()
    }

    private static let titles: Set<String> = ["mr", "mrs", "ms", "miss", "dr", "prof"]
    private static let chineseTitles = ["先生", "女士", "小姐", "老师"]

    private static func withoutTitle(_ word: String) -> String {
        guard let title = chineseTitles.first(where: word.hasSuffix), word.count > title.count else { return word }
        return String(word.dropLast(title.count))
    }

    var text: String { words.joined(separator: " ") }

    /// Whether somebody who writes carelessly might have meant the same: one word more or less, one letter off in a long one,
    /// or a surname alone.
    func resembles(_ other: NameForm) -> Bool {
        guard self != other else { return true }
        let (few, many) = words.count <= other.words.count ? (words, other.words) : (other.words, words)
        guard !few.isEmpty else { return false }
        if few.count == 1, many.count == 1 { return NameForm.isNear(few[0], many[0]) }
        return few.allSatisfy { word in many.contains { $0 == word || NameForm.isNear($0, word) } }
    }

    /// One letter more, less or other, in words that are long enough for that to mean little; 王 and 王伟.
    private static func isNear(_ one: String, _ other: String) -> Bool {
        let (short, long) = one.count <= other.count ? (Array(one), Array(other)) : (Array(other), Array(one))
        let isHan = short.contains { $0.unicodeScalars.allSatisfy { (0x4E00...0x9FFF).contains($0.value) } }
        if isHan { return short.count == 1 && long.first == short.first }
        guard short.count >= 4, long.count - short.count <= 1 else { return false }
        let start = zip(short, long).prefix { $0 == $1 }.count
        let (shortRest, longRest) = (short.dropFirst(start), long.dropFirst(start))
        return short.count == long.count
            ? Array(shortRest.dropFirst()) == Array(longRest.dropFirst())
            : Array(shortRest) == Array(longRest.dropFirst())
    }
}
