import Contracts
import Foundation
import Messaging
import Postgres
import Testing

@Suite("Values in jsonb columns")
struct StoredValueTests {
    struct Kept: Codable, Equatable {
        var id: UUID
        var at: Date
        var days: Int
        var share: Double?
        var link: URL?
        var words: [String: [String]]
    }

    @Test("a value is read back as it was written")
    func written() throws {
        let kept = Kept(
            id: .v7(),
            at: Date(timeIntervalSince1970: 1_795_424_400.125),
            days: 3,
            share: 0.25,
            words: ["a \"b\"\\": ["李雷\n", ""]]
        )
        #expect(try JSONText(wire: kept).decode(Kept.self) == kept)
    }

    @Test(
        "what PostgreSQL writes in its own way, and what only Foundation can read, is read by it",
        arguments: [
            #"{"at": "2026-11-23T08:00:00.000Z", "id": "01A20890-A419-77AB-A54D-BC878A72264E", "days": 3.0, "words": {}}"#,
            #"{"at": "2026-11-23T08:00:00.000Z", "id": "01a20890-a419-77ab-a54d-bc878a72264e", "days": 3, "link": "https://example.com/a", "words": {"\u674e": ["\ud83d\ude00"]}}"#,
        ]
    )
    func foreign(json: String) throws {
        #expect(try JSONText(json).decode(Kept.self) == Wire.decoder.decode(Kept.self, from: Data(json.utf8)))
    }

    @Test("what does not fit says so")
    func unfit() throws {
        #expect(throws: DecodingError.self) { try JSONText(#"{"days": "three"}"#).decode(Kept.self) }
    }
}
