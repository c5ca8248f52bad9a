import Foundation

/// What projects and channels are called, for those who write without a page: messages.
public enum PlaceNames {
    private static let strings = Bundle.module.resourceURL.flatMap {
        try? Strings(folders: [$0.appending(path: "Pages")])
    }

    /// A project by its name in the glossary; one that it does not have by its key as people would write it: `lake-view` → Lake View.
    public static func project(_ key: String, in language: Language) -> String {
        let known = word("project", key, language)
        guard known == key, key.allSatisfy(\.isASCII) else { return known }
        return key.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }

    /// Where a lead came from, in words; a channel that the glossary does not have by its own name.
    public static func channel(_ name: String, in language: Language) -> String { word("channel", name, language) }

    /// A delivered pool by its name in the glossary.
    public static func pool(_ name: String, in language: Language) -> String { word("pool", name, language) }

    private static func word(_ prefix: String, _ name: String, _ language: Language) -> String {
        guard let strings, strings.knows("\(prefix).\(name)") else { return name }
        return strings.text("\(prefix).\(name)", in: language)
    }
}

extension Viewer {
    /// A project as people call it.
    public func project(_ key: String) -> String { PlaceNames.project(key, in: language) }

    /// Where a lead came from, in words.
    public func channel(_ name: String) -> String { PlaceNames.channel(name, in: language) }

    /// 3室2厅 as the viewer's language says it; any other text as it is.
    public func layout(_ text: String) -> String {
        guard let match = text.wholeMatch(of: /([0-9])室([0-9])厅/) else { return text }
        return self.text("layout.rooms", ["rooms": String(match.output.1), "halls": String(match.output.2)])
    }
}
