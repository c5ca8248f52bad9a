import Contracts
import Foundation
import Web

extension NurtureStory {
    /// What narrows the list, in words.
    func peopleHeading(_ viewer: Viewer) -> String {
        let narrowed: [String] = [
            query.state.map { viewer.text("nurture.state.\($0.rawValue)") },
            query.step.flatMap { step in
                sequence.flatMap { $0.plan.steps.dropFirst(step).first }.map {
                    viewer.text("nurture.before-day", ["n": "\($0.day)"])
                }
            },
            query.reason.map { viewer.word("rule", "nurture-exit-\($0)") },
            query.isEarlier ? viewer.text("nurture.earlier") : nil,
        ].compactMap(\.self)
        return ([viewer.text("segments.members")] + narrowed).joined(separator: " · ")
    }

    func peopleTable(_ viewer: Viewer) -> Table {
        let page = people.prefix(Self.shown)
        let path = "/leads/nurture/\(id)"
        let first = query.parts.isEmpty ? path : "\(path)?\(query.parts.joined(separator: "&"))"
        let next = people.count > Self.shown ? page.last : nil
        let further = next.map { "\(path)?\((query.parts + ["after=\($0.id)"]).joined(separator: "&"))#people" }
        return Table(
            viewer.text("segments.members"),
            ["person", "state", "steps", "next"].map { Table.Column(viewer.text("nurture.column.\($0)")) },
            page.map { one in
                Table.Row(
                    id: one.id.description,
                    href: "/leads/persons/\(one.uid)",
                    [
                        .text(names[one.uid] ?? viewer.text("leads.nameless")),
                        .badge(one.badge(viewer), sub: viewer.word("rule", one.why.rule.replacing(".", with: "-"))),
                        .text("\(one.stepsDone)"),
                        (one.nextAt ?? one.endedAt).map { .time(viewer.time($0)) } ?? .text("–"),
                    ]
                )
            },
            pager: next == nil && query.after == nil
                ? nil : Pager(first: query.after == nil ? nil : first, next: further),
            empty: Empty(viewer.text("nurture.nobody.heading"), viewer.text("nurture.nobody.text"))
        )
    }

    func historyTable(_ viewer: Viewer) -> Table {
        Table(
            viewer.text("nurture.history"),
            ["version", "steps", "by", "when"].map { Table.Column(viewer.text("nurture.column.\($0)")) },
            history.map { one in
                let by = one.changedBy.hasPrefix("staff:") ? StaffID(one.changedBy.dropFirst("staff:".count)) : nil
                return Table.Row(
                    id: "version-\(one.version)",
                    href: "/leads/nurture/\(id)",
                    [
                        .text("\(one.version)", sub: one.plan.name), .text("\(one.plan.steps.count)"),
                        .text(by.flatMap { staff[$0] } ?? viewer.text("why.somebody")),
                        .time(viewer.time(one.changedAt)),
                    ]
                )
            },
            empty: Empty(viewer.text("nurture.nobody.heading"), viewer.text("nurture.nobody.text"))
        )
    }
}

extension Enrolment {
    func badge(_ viewer: Viewer) -> Badge {
        let tone: Badge.Tone =
            switch state {
            case .active: .accent
            case .paused: .warning
            case .finished: .good
            case .exited: .neutral
            }
        return Badge(viewer.text("nurture.state.\(state.rawValue)"), tone)
    }
}

extension NurtureLine {
    /// What is sent, and to whom where not to everybody.
    func shown(_ viewer: Viewer) -> String {
        let text = viewer.text("template.\(template)")
        return tag.map { viewer.text("nurture.to", ["what": text, "whom": viewer.tagPair($0)]) } ?? text
    }
}
