import Foundation

/// A Swift file of the repository, and which part of the tree it is in.
struct SourceFile: Sendable {
    /// From the root: `Services/Sales/Deals/DealStore.swift`.
    let path: String
    let text: String

    var name: String { String(path.split(separator: "/").last ?? "") }
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var isTest: Bool { path.hasPrefix("Tests/") }
    var isService: Bool { path.hasPrefix("Services/") }

    /// `Shared/Web` or `Services/Sales`: the module's folder.
    var module: String { path.split(separator: "/").prefix(2).joined(separator: "/") }

    /// The modules that the file imports, however it does.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let at = words.firstIndex(of: "import"), at < words.count - 1 else { return nil }
            guard
                words[..<at].allSatisfy({
                    ["public", "internal", "package", "private"].contains($0) || $0.hasPrefix("@")
                })
            else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "typealias", "let", "var"]
            let name = kinds.contains(words[at + 1]) ? words[at + 2] : words[at + 1]
            return String(name.prefix { $0 != "." })
        }
    }

    /// The text without comments and without what stands between quotes: what the compiler would act upon.
    var code: String {
        lines.map { line in
            let bare = line.drop { $0 == " " }
            return bare.hasPrefix("//") ? "" : String(line)
        }
        .joined(separator: "\n")
    }
}

/// The sources of the repository that this file is in.
enum Sources {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static let all: [SourceFile] = ["Shared", "Services", "Tests"].flatMap(files)

    static let product = all.filter { !$0.isTest }

    private static func files(in folder: String) -> [SourceFile] {
        let place = root.appending(path: folder)
        let walk = FileManager.default.enumerator(atPath: place.path)
        let names = (walk?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".swift") }.sorted()
        return names.compactMap { name in
            let file = place.appending(path: name)
            return (try? String(contentsOf: file, encoding: .utf8)).map {
                SourceFile(path: "\(folder)/\(name)", text: $0)
            }
        }
    }
}
