extension Viewer {
    /// A project by its name in the glossary; one that it does not have by its key as people would write it: `lake-view` → Lake View.
    public func project(_ key: String) -> String {
        let known = word("project", key)
        guard known == key, key.allSatisfy({ $0.isASCII }) else { return known }
        return key.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }

    /// Where a lead came from, in words.
    public func channel(_ name: String) -> String { word("channel", name) }

    /// 3室2厅 as the viewer's language says it; any other text as it is.
    public func layout(_ text: String) -> String {
        guard let match = text.wholeMatch(of: /([0-9])室([0-9])厅/) else { return text }
        return self.text("layout.rooms", ["rooms": String(match.output.1), "halls": String(match.output.2)])
    }
}
