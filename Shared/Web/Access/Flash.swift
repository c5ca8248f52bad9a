import Foundation

/// One sentence that the next page says once: what was done, and for ten seconds how to undo it.
public struct Flash: Sendable, Equatable, Codable {
    /// What kind of sentence it is.
    public enum Tone: String, Sendable, Codable {
        case done
        case notice
        case refused
    }

    public let tone: Tone
    public let text: String
    /// Where a form is posted to take it back.
    public let undo: String?

    public init(_ tone: Tone, _ text: String, undo: String? = nil) {
        self.tone = tone
        self.text = text
        self.undo = undo.map { LocalPath($0).description }
    }

    init?(cookie: String) {
        guard cookie.utf8.count < 3_000, let data = Data(base64URL: cookie),
            let flash = try? JSONDecoder().decode(Flash.self, from: data)
        else { return nil }
        self.init(flash.tone, flash.text, undo: flash.undo)
    }

    var cookie: String {
        // A struct of three strings always encodes.
        (try? JSONEncoder().encode(self))?.base64URL ?? ""
    }
}
