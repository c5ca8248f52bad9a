import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// What was learned from won and lost deals, and how true its probabilities were.
struct ScorePage: Sendable {
    struct Row: Sendable {
        let name: String
        let value: String
        let won: String
        let lost: String
        let effect: String
    }

    struct Band: Sendable {
        let told: String
        let came: String
        let cases: String
    }

    struct Month: Sendable {
        let month: String
        let cases: String
        let brier: String
    }

    let header: PageHeader
    let intro: String
    let stats: [Stat]
    let rows: [Row]
    let bands: [Band]
    let months: [Month]
}

struct ScorePages: Sendable {
    let app: LeadsApp
    let pages: Pages

    func add(to group: RouterGroup<WebContext>) {
        group.get("score") { _, context in try await show(context) }
        group.get("api/v1/score") { _, context -> Response in
            try context.requireRole(oneOf: GradingPages.readers)
            let (model, version, calibration) = try await read()
            return try .json(ScoreModelAnswer(model, version, calibration))
        }
        group.get("api/v1/leads/:id/score") { _, context in try await score(context) }
    }

    private func read() async throws -> (ScoreModel, ScoreVersion?, Calibration) {
        let since = app.spine.clock.now.addingTimeInterval(-366 * 86_400)
        return try await app.spine.read { tx in
            let store = ScoreStore(tx)
            return (
                try await store.model(), try await ScoreVersionStore(tx).newest(),
                Calibration(try await store.calibrationCases(since: since))
            )
        }
    }

    private func show(_ context: WebContext) async throws -> Response {
        try context.requireRole(oneOf: GradingPages.readers)
        let viewer = pages.viewer(context)
        let (model, version, calibration) = try await read()
        return try pages.page(
            "score",
            ScorePage(model, version, calibration, viewer),
            .init(
                title: viewer.text("score.title"),
                section: .leads,
                crumbs: [Crumb(viewer.text("leads.title"), "/leads/leads")]
            ),
            for: context
        )
    }

    private func score(_ context: WebContext) async throws -> Response {
        let who = try context.requirePrincipal()
        let id = LeadID(try context.uuid("id"))
        let answer = try await app.spine.read { tx in
            guard try await LeadQueryStore(tx).find(id, who.leadSight) != nil else {
                throw Rejection.notFound("lead", id)
            }
            return LeadScoreAnswer(try await LeadScoreStore(tx).explained(id))
        }
        return try .json(answer)
    }
}

extension ScorePage {
    init(_ model: ScoreModel, _ version: ScoreVersion?, _ calibration: Calibration, _ viewer: Viewer) {
        header = PageHeader(viewer.text("score.title"), sub: viewer.text("score.hint"))
        let missing = model.policy.minimumCases - model.total.cases
        intro =
            missing > 0
            ? viewer.text("score.too-few", ["n": viewer.number(missing)]) : viewer.text("score.speaks")
        let brier = calibration.months.first
        stats = [
            Stat(viewer.text("score.won"), viewer.number(model.total.won)),
            Stat(viewer.text("score.lost"), viewer.number(model.total.lost)),
            Stat(viewer.text("score.brier"), brier.map { Score.text($0.brier) } ?? "–", note: brier?.month),
            Stat(
                viewer.text("score.version"),
                version.flatMap { $0.speaks ? "\($0.number)" : nil } ?? "–",
                note: version.map {
                    $0.isEverywhere
                        ? viewer.text("score.as-of", ["time": viewer.instant($0.madeAt)])
                        : viewer.text("score.on-its-way")
                }
            ),
        ]
        rows = model.effects.map { one in
            let isSilent = one.count.cases < model.policy.minimumPerValue
            return Row(
                name: viewer.text("score.factor.\(one.factor.rawValue)"),
                value: viewer.scored(one.factor, one.value),
                won: viewer.number(one.count.won),
                lost: viewer.number(one.count.lost),
                effect: isSilent ? viewer.text("score.silent") : Score.signed(one.logOdds ?? 0)
            )
        }
        bands = calibration.bands.map {
            Band(told: Score.percent($0.predicted), came: Score.percent($0.won), cases: viewer.number($0.cases))
        }
        months = calibration.months.map {
            Month(month: $0.month, cases: viewer.number($0.cases), brier: Score.text($0.brier))
        }
    }
}
