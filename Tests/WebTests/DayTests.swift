import Foundation
import Testing
import Web

@Suite("A timeline by days")
struct DayTests {
    private let now = Date(timeIntervalSince1970: 1_795_320_000)

    @Test("folds what repeats within a day into one line, where its first would stand, and nothing over midnight")
    func folding() throws {
        let viewer = try viewer()
        let days = try viewer.days(
            [
                entry("a", hoursAgo: 1), entry("m1", hoursAgo: 2, "messages"), entry("b", hoursAgo: 3),
                entry("m2", hoursAgo: 4, "messages"), entry("m3", hoursAgo: 26, "messages"), entry("c", hoursAgo: 27),
            ]
        ) { key, count in "\(count) \(key)" }
        #expect(days.map(\.label) == ["Today", "Yesterday"])
        #expect(days[0].items.map { $0.entry?.heading ?? $0.fold?.label } == ["a", "2 messages", "b"])
        #expect(days[0].items[1].fold?.entries.map(\.heading) == ["m1", "m2"])
        // One alone is not folded.
        #expect(days[1].items.map { $0.entry?.heading } == ["m3", "c"])
    }

    @Test("calls other days by their date")
    func names() throws {
        #expect(
            try viewer().dayName(now.addingTimeInterval(-3 * 86_400))
                == viewer().day(now.addingTimeInterval(-3 * 86_400))
        )
    }

    private func viewer() throws -> Viewer {
        let now = now
        return try Pages(service: "x", folder: nil, now: { now }).viewer(.english)
    }

    private func entry(_ heading: String, hoursAgo: Double, _ key: String? = nil) throws -> DatedEntry {
        let at = now.addingTimeInterval(-hoursAgo * 3_600)
        return DatedEntry(at: at, TimelineEntry(at: try viewer().time(at), heading), foldKey: key)
    }
}
