import HTTPTypes
import Hummingbird

/// What a person is told when something went wrong: what happened, what was kept, what to do.
struct ProblemView: Sendable {
    let heading: String
    let happened: String
    let kept: String
    let advice: String
    let requestID: String
    let back: Action
    let reference: String
}

extension Pages {
    func problem(_ problem: Problem, for context: WebContext) throws -> Response {
        let viewer = viewer(context)
        let kind =
            switch problem.status {
            case 404, 405: "missing"
            case 403: "forbidden"
            case 409: "conflict"
            case 413: "large"
            case 400..<500: "invalid"
            case 503: "away"
            default: "broken"
            }
        let isSignedIn = context.principal != nil
        let view = ProblemView(
            heading: viewer.text("problem.\(kind).heading"),
            happened: kind == "missing" || kind == "broken" || kind == "away" || kind == "large"
                ? viewer.text("problem.\(kind).happened") : problem.detail,
            kept: viewer.text("problem.\(kind).kept"),
            advice: viewer.text("problem.\(kind).advice"),
            requestID: problem.requestId,
            back: isSignedIn
                ? Action(viewer.text("problem.back"), "/sales/today", isPrimary: true)
                : Action(viewer.text("problem.sign-in"), "/sales/sign-in", isPrimary: true),
            reference: viewer.text("problem.reference", ["id": problem.requestId])
        )
        return try page(
            "problem-page",
            Holder(problem: view),
            PageHead(title: view.heading, isBare: !isSignedIn),
            status: HTTPResponse.Status(code: problem.status),
            for: context
        )
    }
}

private struct Holder: Sendable {
    let problem: ProblemView
}
