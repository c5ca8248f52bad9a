import Contracts
import Foundation
import Postgres
import Web

/// Everything that the page of a sequence shows, as it was read.
struct NurtureStory: Sendable {
    static let shown = 50

    let id: SequenceID
    let query: NurtureQuery
    /// Nil for one that is about to be made.
    let sequence: NurtureSequence?
    let places: [NurtureProgressStore.Place]
    let sent: [Int: Int]
    /// One more than are shown, where there are more.
    let people: [Enrolment]
    let names: [UID: String]
    let staff: [StaffID: String]
    let segments: [Segment]
    let newcomers: Int?
    let history: [NurtureSequence]

    init(_ id: SequenceID, _ query: NurtureQuery, now: Date, _ tx: Transaction) async throws {
        self.id = id
        self.query = query
        let store = NurtureStore(tx)
        let progress = NurtureProgressStore(tx)
        sequence = try await store.sequence(id)
        let version = sequence?.version ?? 0
        places = try await progress.places(of: id)
        sent = try await progress.sent(of: id, version: version)
        people = try await EnrolmentStore(tx).people(of: id, query.filter(version: version), limit: Self.shown + 1)
        names = try await PersonStore(tx).names(of: Set(people.map(\.uid)))
        staff = try await StaffStore(tx).names()
        segments = try await SegmentStore(tx).all()
        history = try await store.history(of: id, limit: 20)
        let wanted = sequence?.plan.segmentID
        if let segment = segments.first(where: { $0.id == wanted }) {
            newcomers = try await NurtureFactStore(tx).countNewcomers(to: id, segment.tests, now: now)
        } else {
            newcomers = nil
        }
    }

    private var path: String { "/leads/nurture/\(id)" }

    func count(_ isCounted: (NurtureProgressStore.Place) -> Bool) -> Int {
        places.filter(isCounted).reduce(0) { $0 + $1.count }
    }

    func page(_ viewer: Viewer) -> NurturePage {
        let form = NurtureForm(sequence?.plan, segments: segments, viewer)
        return NurturePage(
            header: PageHeader(
                sequence?.plan.name ?? viewer.text("nurture.new"),
                sub: sequence.map { viewer.text("nurture.version", ["n": "\($0.version)"]) },
                badges: sequence.map { [NurtureListPage.badge($0, viewer)] } ?? []
            ),
            stats: sequence == nil ? [] : stats(viewer),
            steps: steps(viewer),
            exits: exits(viewer),
            peopleHeading: peopleHeading(viewer),
            people: peopleTable(viewer),
            newcomers: newcomers.map { viewer.text("nurture.newcomers", ["people": viewer.people($0)]) },
            action: path,
            version: sequence.map { "\($0.version)" },
            name: form.name,
            segment: form.segment,
            takes: form.takes,
            reply: form.reply,
            active: form.active,
            lines: form.lines,
            history: history.count > 1 ? historyTable(viewer) : nil
        )
    }

    private func stats(_ viewer: Viewer) -> [Stat] {
        let states = Enrolment.State.allCases.map { state in
            Stat(
                viewer.text("nurture.state.\(state.rawValue)"),
                viewer.number(count { $0.state == state }),
                href: "\(path)?state=\(state.rawValue)#people"
            )
        }
        return states + [Stat(viewer.text("nurture.state.sent"), viewer.number(sent.values.reduce(0, +)))]
    }

    private func steps(_ viewer: Viewer) -> Table {
        let rows = (sequence?.plan.steps ?? []).enumerated().map { index, step in
            Table.Row(
                id: "step-\(index)",
                href: "\(path)?step=\(index)#people",
                [
                    .text(
                        viewer.text("nurture.on-day", ["n": "\(step.day)"]),
                        sub: step.lines.map { $0.shown(viewer) }.joined(separator: " · ")
                    ),
                    .text(
                        viewer.number(
                            count { $0.version == sequence?.version && $0.state.isUnderWay && $0.stepsDone == index }
                        )
                    ),
                    .text(viewer.number(sent[index] ?? 0)),
                ]
            )
        }
        let earlier = count { $0.version < sequence?.version ?? 0 && $0.state.isUnderWay }
        let older = Table.Row(
            id: "earlier",
            href: "\(path)?earlier=yes#people",
            [.text(viewer.text("nurture.earlier")), .text(viewer.number(earlier)), .text("–")]
        )
        return Table(
            viewer.text("nurture.steps"),
            [
                Table.Column(viewer.text("nurture.column.step")),
                Table.Column(viewer.text("nurture.column.waiting"), isNumeric: true),
                Table.Column(viewer.text("nurture.column.sent"), isNumeric: true),
            ],
            earlier > 0 ? rows + [older] : rows,
            empty: Empty(viewer.text("nurture.no-steps.heading"), viewer.text("nurture.no-steps.text"))
        )
    }

    private func exits(_ viewer: Viewer) -> Table? {
        let reasons = Set(places.compactMap(\.reason)).map { reason in (reason, count { $0.reason == reason }) }
            .sorted { ($1.1, $0.0) < ($0.1, $1.0) }
        guard !reasons.isEmpty else { return nil }
        return Table(
            viewer.text("nurture.left"),
            [
                Table.Column(viewer.text("nurture.column.reason")),
                Table.Column(viewer.text("nurture.column.people"), isNumeric: true),
            ],
            reasons.map { reason, count in
                Table.Row(
                    id: "left-\(reason)",
                    href: "\(path)?reason=\(reason)#people",
                    [.text(viewer.word("rule", "nurture-exit-\(reason)")), .text(viewer.number(count))]
                )
            },
            empty: Empty(viewer.text("nurture.nobody.heading"), viewer.text("nurture.nobody.text"))
        )
    }
}
