import Contracts
import Foundation
import Web

extension AudienceListPage {
    init(_ all: [Audience], _ viewer: Viewer) {
        header = PageHeader(viewer.text("audiences.title"), sub: viewer.text("audiences.hint"))
        table = Table(
            viewer.text("audiences.title"),
            ["what", "segment", "state", "people", "when"].map {
                Table.Column(viewer.text("audiences.column.\($0)"), isNumeric: $0 == "people")
            },
            all.map { one in
                Table.Row(
                    id: one.id.description,
                    href: "/leads/audiences/\(one.id)",
                    [
                        .text(viewer.text("template.\(one.template)")), .text(one.segment), .badge(one.badge(viewer)),
                        .text(viewer.number(one.people)), .time(viewer.time(one.requestedAt)),
                    ]
                )
            },
            empty: Empty(
                viewer.text("audiences.empty.heading"),
                viewer.text("audiences.empty.text"),
                action: Action(viewer.text("segments.title"), "/leads/segments", isPrimary: true)
            )
        )
    }
}

extension AudienceOrderPage {
    init(_ segment: Segment, count: Int, reachable: Int, _ viewer: Viewer) {
        header = PageHeader(viewer.text("audiences.order"), sub: segment.name)
        stats = [
            Stat(viewer.text("audiences.belong"), viewer.people(count), href: "/leads/segments/\(segment.id)"),
            Stat(viewer.text("audiences.reachable"), viewer.people(reachable), note: viewer.text("audiences.allow")),
        ]
        action = "/leads/segments/\(segment.id)/send"
        id = AudienceID.new().description
        template = .select(
            "template",
            viewer.text("audiences.template"),
            MarketingText.all.map { Field.Choice($0, viewer.text("template.\($0)")) },
            isRequired: true
        )
        let most = SegmentStore.countedAtMost
        button =
            reachable > most
            ? viewer.text("audiences.confirm-many", ["n": viewer.number(most)])
            : viewer.text("audiences.confirm", count: reachable)
        isPossible = reachable > 0
    }
}

extension AudiencePage {
    init(_ audience: Audience, _ staff: [StaffID: String], _ viewer: Viewer) {
        let path = "/leads/audiences/\(audience.id)"
        let results = "/notify/messages?audience=\(audience.id)"
        header = PageHeader(
            viewer.text("template.\(audience.template)"),
            sub: audience.segment,
            badges: [audience.badge(viewer)]
        )
        stats = [
            Stat(viewer.text("audiences.handed"), viewer.number(audience.people), href: results),
            Stat(viewer.text("audiences.pieces"), viewer.number(audience.pieces)),
        ]
        let by = audience.requestedBy.hasPrefix("staff:") ? StaffID(audience.requestedBy.dropFirst(6)) : nil
        let name = by.flatMap { staff[$0] } ?? viewer.text("why.somebody")
        facts = [
            Fact(
                viewer.text("audiences.column.segment"),
                audience.segment,
                href: "/leads/segments/\(audience.segmentID)",
                why: audience.why.shown(viewer.text("audiences.why"), viewer, names: staff)
            ),
            Fact(viewer.text("audiences.by"), name),
            Fact(viewer.text("audiences.column.when"), viewer.instant(audience.requestedAt)),
            audience.endedAt.map { Fact(viewer.text("audiences.ended"), viewer.instant($0)) },
        ].compactMap(\.self)
        steer =
            switch audience.state {
            case .sending: Action(viewer.text("audiences.pause"), path + "/pause", isPost: true)
            case .paused: Action(viewer.text("audiences.resume"), path + "/resume", isPrimary: true, isPost: true)
            case .sent: nil
            }
        self.results = Action(viewer.text("audiences.results"), results)
    }
}

extension Audience {
    fileprivate func badge(_ viewer: Viewer) -> Badge {
        let tone: Badge.Tone =
            switch state {
            case .sending: .accent
            case .paused: .warning
            case .sent: .good
            }
        return Badge(viewer.text("audiences.state.\(state.rawValue)"), tone)
    }
}
