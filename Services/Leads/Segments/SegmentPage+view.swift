import Contracts
import Foundation
import Web

extension SegmentPage {
    init(
        _ id: SegmentID,
        _ wish: SegmentWish,
        _ found: KeptCount?,
        _ people: [SegmentMember],
        isFirst: Bool,
        _ sequences: [NurtureSequence],
        _ viewer: Viewer
    ) {
        let path = "/leads/segments/\(id)"
        let mayWrite = wish.version != nil && viewer.principal?.isOne(of: AudiencePages.roles) == true
        header = PageHeader(
            wish.name.isEmpty ? viewer.text("segments.new") : wish.name,
            actions: mayWrite ? [Action(viewer.text("audiences.order"), path + "/send", isPrimary: true)] : []
        )
        action = path
        count = found.map { viewer.people($0.people) } ?? viewer.text("segments.not-asked")
        counted = viewer.counted(found?.countedAt)
        version = wish.version.map { "\($0)" }
        name = Field("name", viewer.text("segments.column.name"), value: wish.name, isRequired: true)
        let shown = min(SegmentTest.testsAtMost, wish.tests.count + 3)
        lines = (0..<shown).map { index in
            Line(index < wish.tests.count ? wish.tests[index] : nil, at: index, viewer)
        }
        counting = lines.indices.flatMap { ["field\($0)", "values\($0)", "not\($0)"] }.joined(separator: " ")
        let page = people.prefix(50)
        let next = people.count > 50 ? page.last : nil
        members = Table(
            viewer.text("segments.members"),
            ["person", "grade", "touched"].map { Table.Column(viewer.text("segments.column.\($0)")) },
            page.map { $0.row(viewer) },
            pager: next == nil && isFirst
                ? nil : Pager(first: isFirst ? nil : path, next: next.map { "\(path)?after=\($0.uid)" }),
            empty: Empty(viewer.text("segments.nobody.heading"), viewer.text("segments.nobody.text"))
        )
        remove = wish.version == nil ? nil : path + "/remove"
        enrol = NurturePane.Form(path + "/nurture", sequences, viewer)
    }
}

extension SegmentPage.Line {
    fileprivate init(_ test: SegmentTest?, at index: Int, _ viewer: Viewer) {
        let fields = SegmentTest.Field.allCases.map(\.rawValue) + TagKey.allCases.map { "tag.\($0.rawValue)" }
        // A tag that only staff write is kept although it is not on the list.
        let all = fields + [test?.field].compactMap { $0 }.filter { !fields.contains($0) }
        kind = .select(
            "field\(index)",
            viewer.text("grading.condition"),
            [Field.Choice("", viewer.text("grading.no-test"))]
                + all.map { Field.Choice($0, viewer.segmentField($0), isChosen: $0 == test?.field) }
        )
        values = Field(
            "values\(index)",
            viewer.text("segments.values"),
            value: test?.values.joined(separator: ", ") ?? ""
        )
        not = .select(
            "not\(index)",
            viewer.text("segments.sense"),
            ["no", "yes"].map {
                Field.Choice(
                    $0,
                    viewer.text("segments.not.\($0)"),
                    isChosen: $0 == (test?.isNot == true ? "yes" : "no")
                )
            },
            isRequired: true
        )
    }
}

extension SegmentMember {
    fileprivate func row(_ viewer: Viewer) -> Table.Row {
        Table.Row(
            id: uid.description,
            href: leadID.map { "/leads/leads/\($0)" } ?? "/sales/customers/\(uid)",
            [
                .text(name ?? viewer.text("leads.nameless")), .text(grade ?? "–"),
                lastTouchAt.map { .time(viewer.time($0)) } ?? .text("–"),
            ]
        )
    }
}

extension SegmentTest {
    /// One condition in words.
    func shown(_ viewer: Viewer) -> String {
        let words = values.map { value in
            if let tagKey { return viewer.tagged(tagKey, value) }
            switch known {
            case .status: return viewer.word("leads.status", value)
            case .stage: return viewer.text("life.stage.\(value)")
            case .channel: return viewer.channel(value)
            case .project: return viewer.project(value)
            default: return value
            }
        }
        return [
            isNot ? viewer.text("segments.not.yes") : nil, viewer.segmentField(field),
            words.isEmpty ? nil : words.joined(separator: viewer.text("why.comma")),
        ].compactMap { $0 }.joined(separator: " ")
    }
}

extension Viewer {
    /// When something was counted that is not counted anew whenever somebody looks.
    func counted(_ at: Date?) -> String? { at.map { text("counts.as-of", ["when": instant($0)]) } }

    fileprivate func segmentField(_ field: String) -> String {
        if field.hasPrefix("tag.") {
            return text("segments.tag", ["key": word("tag", String(field.dropFirst("tag.".count)))])
        }
        return word("segments.field", field)
    }

    /// How many people; of very many only that they are more.
    func people(_ count: Int) -> String {
        count > SegmentStore.countedAtMost
            ? text("segments.more-than", ["n": number(SegmentStore.countedAtMost)]) : number(count)
    }
}
