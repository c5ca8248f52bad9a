import Contracts
import Postgres
import Web

/// What is learned of a lead and its person beyond what they wrote, for the lead's page.
struct LeadGrowth: Sendable {
    let leadID: LeadID
    let score: ExplainedScore?
    let tags: [Tag]
    let enrolments: [Enrolment]
    let sequences: [NurtureSequence]

    init(_ view: LeadView, _ tx: Transaction) async throws {
        leadID = view.lead.id
        score = try await LeadScoreStore(tx).explained(view.lead.id)
        tags = try await TagStore(tx).of([view.lead.uid])[view.lead.uid] ?? []
        enrolments = try await EnrolmentStore(tx).of(view.lead.uid)
        sequences = try await NurtureStore(tx).sequences()
    }

    func facts(_ viewer: Viewer) -> [Fact] {
        [score?.fact(viewer)].compactMap { $0 }
    }

    func tagsPane(mayAct: Bool, _ viewer: Viewer) -> TagsPane {
        TagsPane(tags, lead: leadID, mayAct: mayAct, viewer)
    }

    func nurturePane(mayAct: Bool, _ viewer: Viewer) -> NurturePane? {
        NurturePane(enrolments, sequences, lead: leadID, mayAct: mayAct, viewer)
    }
}
