import Contracts
import Foundation
import Web

extension ReturnView {
    /// The course of the period: a line for each count, and each step as a row whose figures open their leads.
    var course: ReturnPage.Course {
        let course = figures.course
        let label = viewer.text("return.course.\(course.step.rawValue)")
        return ReturnPage.Course(
            heading: label,
            chart: course.parts.count > 1
                ? chart(label, "line", course.parts.map { (title($0.period), $0.line) }) : nil,
            lines: ReturnPage.Lines(
                label,
                [viewer.text("return.period")] + columns.dropFirst(),
                course.parts.map { part in
                    ReturnPage.Row(
                        title: title(part.period),
                        href: part.period.days > 1 ? query.with(part.period).href() : nil,
                        figures: figures(of: part.line) { query.with(part.period).leads(nil, reached: $0) }
                    )
                }
            )
        )
    }

    /// `2026-11-22`; `2026-11-16 – 22` would be shorter and harder to read.
    private func title(_ period: Period) -> String {
        period.days == 1 ? period.from.text : "\(period.from.text) – \(period.to.text)"
    }

    private struct ChartData: Encodable {
        let kind: String
        let labels: [String]
        let series: [Series]

        struct Series: Encodable {
            let label: String
            let values: [Int]
        }
    }

    /// How many leads, contacts, visits and deals each of these has.
    func chart(_ label: String, _ kind: String, _ points: [(title: String, line: ReturnLine)]) -> ReturnPage.Chart? {
        let series: [(String, (ReturnLine) -> Int)] = [
            ("leads", \.leads), ("contacted", \.contacted), ("visited", \.visited), ("won", \.won),
        ]
        let data = ChartData(
            kind: kind,
            labels: points.map(\.title),
            series: series.map { name, value in
                .init(label: viewer.text("return.\(name)"), values: points.map { value($0.line) })
            }
        )
        guard let json = try? Wire.encoder.encode(data) else { return nil }
        return ReturnPage.Chart(label: label, data: String(decoding: json, as: UTF8.self))
    }
}
