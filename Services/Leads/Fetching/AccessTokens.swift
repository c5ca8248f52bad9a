import Foundation

/// Where the access tokens of channels are: stored, or as files of a folder that is mounted.
struct AccessTokens: Sendable {
    /// Nil where there are no files.
    let folder: String?

    /// What a file of a token may be called: nothing that leads out of the folder.
    static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[a-z0-9][a-z0-9_-]{0,63}/) != nil }

    /// A line break in a header would begin another one.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 4_096 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// Of a channel: the file's where its settings name one, else the one that is stored.
    ///
    /// Read anew each time, so that a file is rotated without a restart. A few bytes off a local disk hold up nobody.
    func token(of adapter: StoredAdapter) throws(FetchFault) -> String {
        guard let name = adapter.settings.tokenFile, !name.isEmpty else {
            guard let stored = adapter.accessToken, !stored.isEmpty else {
                throw FetchFault(.noToken, "The channel has no access token.")
            }
            return stored
        }
        let path = folder.flatMap { AccessTokens.isName(name) ? "\($0)/\(name)" : nil }
        let text = path.flatMap { FileManager.default.contents(atPath: $0) }
            .map { String(decoding: $0, as: UTF8.self).trimmed }
        guard let text, AccessTokens.isToken(text) else {
            throw FetchFault(.noToken, "There is no access token in the file \(name).")
        }
        return text
    }
}
