import Contracts
import Web

/// Pairs of persons in a list.
struct ReviewRows {
    let viewer: Viewer
    let names: [UID: String]

    static func columns(_ viewer: Viewer) -> [Table.Column] {
        ["pair", "evidence", "status", "found"].map { Table.Column(viewer.text("reviews.column.\($0)")) }
    }

    func row(_ review: Review) -> Table.Row {
        let pair = [review.pair.low, review.pair.high].map { names[$0] ?? viewer.text("leads.nameless") }
        let rule = viewer.why(review.why, sentence: "").rule
        return Table.Row(
            id: review.id.wire,
            href: "/leads/reviews/\(review.id.wire)",
            isNew: review.status == .open,
            [
                .text(pair.joined(separator: " · ")),
                .text(rule),
                .badge(
                    Badge(
                        viewer.text("reviews.status.\(review.status.rawValue)"),
                        review.isWaiting ? .warning : .neutral
                    )
                ),
                .time(viewer.time(review.foundAt)),
            ]
        )
    }
}
