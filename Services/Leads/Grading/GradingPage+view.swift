import Contracts
import Foundation
import Messaging
import Web

extension GradingPage {
    init(
        _ table: GradeTable,
        _ history: [GradeStore.Edition],
        _ names: [StaffID: String],
        mayEdit: Bool,
        _ viewer: Viewer
    ) {
        self.mayEdit = mayEdit
        version = "\(table.version)"
        header = PageHeader(
            viewer.text("grading.title"),
            sub: viewer.text("grading.version", ["version": "\(table.version)"])
        )
        intro = viewer.text("grading.intro")
        let spare = mayEdit ? [GradeRule(name: "", grade: .b, tests: [])] : []
        rules = (table.rules + spare).enumerated().map { Rule($0.element, at: $0.offset, viewer) }
        note = Field("note", viewer.text("grading.note"))
        self.history = history.map { edition in
            Edition(
                version: viewer.text("why.version", ["version": "\(edition.table.version)"]),
                by: Cause(actor: edition.changedBy).staffID.flatMap { names[$0] } ?? viewer.text("common.unknown"),
                at: viewer.time(edition.changedAt),
                note: edition.note ?? ""
            )
        }
    }
}

extension GradingPage.Rule {
    fileprivate init(_ rule: GradeRule, at index: Int, _ viewer: Viewer) {
        let slug = rule.name.replacing(".", with: "-")
        label = rule.name.isEmpty ? viewer.text("grading.new-rule") : viewer.word("rule", slug)
        order = Field("order\(index)", viewer.text("grading.order"), value: "\((index + 1) * 10)", type: "number")
        name = Field("name\(index)", viewer.text("grading.name"), value: rule.name)
        grade = .select(
            "grade\(index)",
            viewer.text("leads.fact.grade"),
            Grade.allCases.map { Field.Choice($0.rawValue, $0.rawValue, isChosen: $0 == rule.grade) },
            isRequired: true
        )
        tests = (0..<GradeWish.testsPerRule).map { place in
            let test = place < rule.tests.count ? rule.tests[place] : nil
            let choices =
                [Field.Choice("", viewer.text("grading.no-test"))]
                + GradeTest.Kind.allCases.map {
                    Field.Choice($0.rawValue, viewer.text("grading.test.\($0.rawValue)"), isChosen: $0 == test?.kind)
                }
            return GradingPage.Test(
                kind: .select("kind\(index)-\(place)", viewer.text("grading.condition"), choices),
                value: Field("value\(index)-\(place)", viewer.text("grading.value"), value: test?.value ?? "")
            )
        }
        let told = rule.tests.map { test in
            [viewer.text("grading.test.\(test.kind.rawValue)"), test.shown(viewer)].filter { !$0.isEmpty }
                .joined(separator: " ")
        }
        sentence =
            rule.name.isEmpty
            ? viewer.text("grading.new-hint")
            : viewer.text("leads.grade", ["grade": rule.grade.rawValue]) + " · "
                + (told.isEmpty ? viewer.text("grading.everybody") : told.joined(separator: viewer.text("grading.and")))
    }
}

extension GradeTest {
    fileprivate func shown(_ viewer: Viewer) -> String {
        switch (kind, kind.value) {
        case (.budgetAtLeast, _): Int64(value).map { viewer.moneyShort($0 * 100, "CNY") } ?? value
        case (_, .nothing): ""
        case (_, .words):
            value.split(separator: ",").map { word(String($0).trimmed, viewer) }
                .joined(separator: viewer.text("why.comma"))
        default: value
        }
    }

    private func word(_ text: String, _ viewer: Viewer) -> String {
        switch kind {
        case .channelKind: viewer.word("channel-kind", text)
        case .channel: viewer.channel(text)
        case .purpose: viewer.word("input-value", text)
        default: text
        }
    }
}
