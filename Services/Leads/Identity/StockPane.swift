import Contracts
import Foundation
import Messaging
import Web

/// What is said of comparing everybody who is known, and the button that begins it.
struct StockPane: Sendable {
    let text: String
    let bar: Bar?
    let mayOrder: Bool

    struct Bar: Sendable {
        /// In thousandths.
        let value: Int
        let label: String
        let text: String
    }

    init(_ comparison: StockComparison?, mayOrder: Bool, _ viewer: Viewer) {
        self.mayOrder = mayOrder && comparison?.isUnderWay != true
        guard let comparison else {
            text = viewer.text("reviews.stock.never")
            bar = nil
            return
        }
        let variables = [
            "joined": viewer.number(comparison.joined), "proposed": viewer.number(comparison.proposed),
            "n": viewer.number(comparison.compared), "time": viewer.instant(comparison.endedAt ?? comparison.beganAt),
        ]
        let said = viewer.text(comparison.isUnderWay ? "reviews.stock.running" : "reviews.stock.ended", variables)
        let skipped = ["n": viewer.number(comparison.skipped)]
        text = comparison.skipped == 0 ? said : "\(said) \(viewer.text("reviews.stock.skipped", skipped))"
        bar = comparison.isUnderWay ? Bar(comparison, viewer) : nil
    }
}

extension StockPane.Bar {
    fileprivate init(_ comparison: StockComparison, _ viewer: Viewer) {
        value = min(1_000, comparison.compared * 1_000 / max(1, comparison.people))
        label = viewer.text("reviews.stock.title")
        text = "\(viewer.number(comparison.compared)) / \(viewer.number(comparison.people))"
    }
}
