import CoreMetrics
import Foundation
import TestSupport
import Testing

@testable import Web

@Suite("Operators' port")
struct OperationsTests {
    struct Away: Error, CustomStringConvertible {
        let description = "the broker is away"
    }

    @Test("metrics are Prometheus text with escaped labels and cumulative buckets")
    func exposition() {
        let registry = PrometheusRegistry()
        let counter = registry.makeCounter(label: "dead_letter_total", dimensions: [("reason", "a \"b\"\n\\c")])
        counter.increment(by: 2)
        registry.makeCounter(label: "dead_letter_total", dimensions: [("reason", "a \"b\"\n\\c")]).increment(by: 1)
        registry.makeMeter(label: "outbox.depth", dimensions: []).set(Double(7.5))
        let timer = registry.makeTimer(label: "confirm_seconds", dimensions: [("q", "x")])
        timer.recordNanoseconds(700_000)
        timer.recordNanoseconds(40_000_000)
        timer.recordNanoseconds(90_000_000_000)
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines.contains(#"dead_letter_total{reason="a \"b\"\n\\c"} 3"#))
        #expect(lines.contains("# TYPE dead_letter_total counter"))
        #expect(lines.contains("outbox_depth 7.5"))
        #expect(lines.contains("# TYPE confirm_seconds histogram"))
        #expect(lines.contains(#"confirm_seconds_bucket{q="x",le="0.001"} 1"#))
        #expect(lines.contains(#"confirm_seconds_bucket{q="x",le="0.05"} 2"#))
        #expect(lines.contains(#"confirm_seconds_bucket{q="x",le="60"} 2"#))
        #expect(lines.contains(#"confirm_seconds_bucket{q="x",le="+Inf"} 3"#))
        #expect(lines.contains(#"confirm_seconds_count{q="x"} 3"#))
    }

    @Test("what is described has its explanation, before it is measured too, and its own buckets")
    func descriptions() {
        let registry = PrometheusRegistry(
            labels: [("service", "leads")],
            describing: [
                .counter("lost_total", "What was lost."),
                .histogram("answer_seconds", "How long people take.", buckets: [60, 3_600]),
            ]
        )
        #expect(registry.text().contains("# HELP lost_total What was lost.\n# TYPE lost_total counter\n"))
        registry.makeTimer(label: "answer_seconds", dimensions: []).recordNanoseconds(90_000_000_000)
        let lines = registry.text().split(separator: "\n").map(String.init)
        #expect(lines.contains(#"answer_seconds_bucket{service="leads",le="60"} 0"#))
        #expect(lines.contains(#"answer_seconds_bucket{service="leads",le="3600"} 1"#))
        #expect(!lines.contains { $0.contains(#"le="0.5""#) })
    }

    @Test("a label that everything has is told once, and a measurement's own word for it stands")
    func commonLabels() {
        let registry = PrometheusRegistry(labels: [("service", "leads")])
        registry.makeCounter(label: "n_total", dimensions: [("service", "other"), ("a", "b")]).increment(by: 1)
        #expect(registry.text() == "# TYPE n_total counter\nn_total{a=\"b\",service=\"other\"} 1\n")
    }

    @Test("the process tells of itself")
    func process() {
        let registry = PrometheusRegistry()
        registry.measureProcess()
        let text = registry.text()
        #expect(text.contains("# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total "))
        #expect(text.contains("\nprocess_resident_memory_bytes ") && text.contains("\nprocess_open_fds "))
    }

    @Test("counting from many tasks at once loses nothing")
    func concurrent() async {
        let registry = PrometheusRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<500 { registry.makeCounter(label: "n_total", dimensions: []).increment(by: 1) }
                }
            }
        }
        #expect(registry.text().contains("n_total 4000\n"))
    }

    @Test("a name that is taken by another kind harms nobody")
    func clash() {
        let registry = PrometheusRegistry()
        registry.makeCounter(label: "x", dimensions: []).increment(by: 1)
        registry.makeTimer(label: "x", dimensions: []).recordNanoseconds(5)
        #expect(registry.text() == "# TYPE x counter\nx 1\n")
    }

    @Test("a service is ready when every check passes, and says which one does not and why")
    func readiness() async {
        let good = ReadinessCheck("database") {}
        let bad = ReadinessCheck("broker") { throw Away() }
        #expect(await Readiness.find([good]).isReady)
        let found = await Readiness.find([good, bad])
        #expect(!found.isReady)
        #expect(found.checks.map(\.ok) == [true, false])
        #expect(found.checks[1].reason == "the broker is away")
    }

    @Test("a check that never answers has failed")
    func hanging() async {
        let hanging = ReadinessCheck("broker") { try await Task.sleep(for: .seconds(600)) }
        let found = await Readiness.find([hanging], limit: .milliseconds(20))
        #expect(found.checks.first?.reason == "no answer in time")
    }
}

@Suite("Live feed")
struct LiveFeedTests {
    @Test("a page hears of its topics only, and what was sent is one event")
    func topics() async throws {
        let feed = LiveFeed()
        let (id, stream) = feed.open(["leads"], for: Sight(Cast.owner.principal, of: .selling))
        feed.publish("deals", id: "1", html: "<p>no</p>", about: nil)
        feed.publish("leads", id: "row-1", html: "<p>\nyes</p>", about: nil)
        feed.close(id)
        var heard: [String] = []
        for await event in stream { heard.append(event) }
        #expect(heard == ["event: leads\ndata: {\"id\":\"row-1\",\"html\":\"<p>\\nyes<\\/p>\"}\n\n"])
        #expect(feed.readerCount == 0)
    }

    @Test("a page hears only of what its viewer sees, and nothing more once the viewer has left")
    func scope() async {
        let feed = LiveFeed()
        let (id, stream) = feed.open(["n"], for: Sight(Cast.owner.principal, of: .selling))
        feed.publish("n", id: "mine", html: "", about: Belonging(owners: [Cast.owner.id]))
        feed.publish("n", id: "theirs", html: "", about: Belonging(owners: [Cast.colleague.id]))
        feed.dismiss(Cast.colleague.id)
        feed.publish("n", id: "everybody", html: "", about: nil)
        feed.dismiss(Cast.owner.id)
        feed.publish("n", id: "late", html: "", about: nil)
        var heard = ""
        for await event in stream { heard += event }
        #expect(heard.contains("mine") && heard.contains("everybody"))
        #expect(!heard.contains("theirs") && !heard.contains("late"))
        feed.close(id)
    }

    @Test("a page that does not read loses the oldest events, never more memory than agreed")
    func slow() async {
        let feed = LiveFeed(buffered: 2)
        let (id, stream) = feed.open(["n"], for: Sight(Cast.owner.principal, of: .selling))
        for number in 1...5 { feed.publish("n", id: "\(number)", html: "", about: nil) }
        feed.close(id)
        var heard: [String] = []
        for await event in stream { heard.append(event) }
        #expect(heard.count == 2)
        #expect(heard.last?.contains("\"5\"") == true)
    }
}
