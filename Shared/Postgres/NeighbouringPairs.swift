extension String {
    /// Every two neighbouring characters, in lower case, once each and sorted: a text that contains this one has them all.
    ///
    /// What a GIN index over an array of such pairs is asked for, where names are too short for trigrams.
    public var neighbouringPairs: [String] {
        let characters = Array(lowercased().unicodeScalars)
        return Set(
            zip(characters, characters.dropFirst()).map { pair in
                var text = String.UnicodeScalarView()
                text.append(pair.0)
                text.append(pair.1)
                return String(text)
            }
        ).sorted()
    }
}
