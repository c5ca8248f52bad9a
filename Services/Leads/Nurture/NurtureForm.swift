import Contracts
import Foundation
import Web

/// The fields in which a sequence is written.
struct NurtureForm: Sendable {
    let name: Field
    let segment: Field
    let takes: [NurturePage.Taking]
    let reply: Field
    let active: Field
    let lines: [NurturePage.Line]

    init(_ plan: NurturePlan?, segments: [Segment], _ viewer: Viewer) {
        name = Field("name", viewer.text("segments.column.name"), value: plan?.name ?? "", isRequired: true)
        segment = .select(
            "segment",
            viewer.text("nurture.segment"),
            [Field.Choice("", viewer.text("nurture.no-segment"))]
                + segments.map { Field.Choice($0.id.description, $0.name, isChosen: $0.id == plan?.segmentID) }
        )
        takes = NurturePlan.takeable.map { reason in
            .init(value: reason, label: viewer.takenFor(reason), isTicked: plan?.takes.contains(reason) ?? false)
        }
        reply = .select(
            "reply",
            viewer.text("nurture.on-reply"),
            NurturePlan.Reply.allCases.map {
                Field.Choice($0.rawValue, viewer.text("nurture.reply.\($0.rawValue)"), isChosen: $0 == plan?.reply)
            },
            isRequired: true
        )
        let isOn = plan?.isActive ?? true
        active = .select(
            "active",
            viewer.text("nurture.active"),
            [
                Field.Choice("yes", viewer.text("nurture.on"), isChosen: isOn),
                Field.Choice("no", viewer.text("nurture.off"), isChosen: !isOn),
            ],
            isRequired: true
        )
        let known = plan?.lines.sorted { $0.day < $1.day } ?? []
        lines = (0..<min(NurturePlan.linesAtMost, known.count + 3)).map { index in
            NurturePage.Line(index < known.count ? known[index] : nil, at: index, viewer)
        }
    }
}

extension NurturePage.Line {
    fileprivate init(_ line: NurtureLine?, at index: Int, _ viewer: Viewer) {
        day = Field("day\(index)", viewer.text("nurture.day"), value: line.map { "\($0.day)" } ?? "", type: "number")
        let interests = SaidTag.allInterests.map { "\(TagKey.interest.rawValue)=\($0)" }
        // One that was written over the API is kept although it is not on the list.
        let tags = interests + [line?.tag].compactMap(\.self).filter { !interests.contains($0) }
        tag = .select(
            "tag\(index)",
            viewer.text("nurture.for"),
            [Field.Choice("", viewer.text("nurture.everybody"))]
                + tags.map { Field.Choice($0, viewer.tagPair($0), isChosen: $0 == line?.tag) }
        )
        template = .select(
            "template\(index)",
            viewer.text("nurture.sends"),
            MarketingText.all.map {
                Field.Choice($0, viewer.text("template.\($0)"), isChosen: $0 == line?.template)
            },
            isRequired: true
        )
    }
}

extension Viewer {
    /// What brings people into a sequence.
    func takenFor(_ reason: String) -> String {
        if reason == NurturePlan.recycled { return text("nurture.recycled") }
        guard reason.hasPrefix(NurturePlan.dealLost) else { return text("leads.reason.\(reason)") }
        let loss = text("nurture.loss.\(reason.dropFirst(NurturePlan.dealLost.count))")
        return text("nurture.deal-lost", ["reason": loss])
    }
}

extension NurtureListPage {
    init(_ all: [NurtureSequence], _ totals: [SequenceID: [String: Int]], _ viewer: Viewer) {
        let counted = Enrolment.State.allCases.map(\.rawValue) + ["sent"]
        header = PageHeader(
            viewer.text("nurture.title"),
            sub: viewer.text("nurture.hint"),
            actions: [Action(viewer.text("nurture.new"), "/leads/nurture/\(SequenceID.new())", isPrimary: true)]
        )
        table = Table(
            viewer.text("nurture.title"),
            [Table.Column(viewer.text("segments.column.name")), Table.Column(viewer.text("nurture.active"))]
                + counted.map { Table.Column(viewer.text("nurture.state.\($0)"), isNumeric: true) },
            all.map { sequence in
                let counts = totals[sequence.id] ?? [:]
                return Table.Row(
                    id: sequence.id.description,
                    href: "/leads/nurture/\(sequence.id)",
                    [.text(sequence.plan.name), .badge(Self.badge(sequence, viewer))]
                        + counted.map { .text(viewer.number(counts[$0] ?? 0)) }
                )
            },
            empty: Empty(
                viewer.text("nurture.empty.heading"),
                viewer.text("nurture.empty.text"),
                action: Action(viewer.text("nurture.new"), "/leads/nurture/\(SequenceID.new())", isPrimary: true)
            )
        )
    }

    static func badge(_ sequence: NurtureSequence, _ viewer: Viewer) -> Badge {
        sequence.plan.isActive ? Badge(viewer.text("nurture.on"), .good) : Badge(viewer.text("nurture.off"))
    }
}
