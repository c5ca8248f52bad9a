import Foundation

/// E-mail addresses as far as they tell one person from another.
enum EmailAddress {
    /// Lower case, full-width forms folded; nil for what cannot be an address.
    static func normalised(_ text: String) -> String? {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 }
        let folded = (isPlain ? text : text.precomposedStringWithCompatibilityMapping).lowercased().trimmed
        guard folded.utf8.count <= 254 else { return nil }
        let parts = folded.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 64 else { return nil }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isInDomain) }) else { return nil }
        guard !folded.contains(where: { $0.isWhitespace || "<>(),;:\"[]\\".contains($0) }) else { return nil }
        return folded
    }

    private static func isInDomain(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "-"
    }
}
