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
            happened: viewer.happened(problem, kind),
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

extension Viewer {
    /// In the viewer's words where a glossary has the reason; else what English says, or in another language what such a
    /// refusal means in general.
    fileprivate func happened(_ problem: Problem, _ kind: String) -> String {
        for prefix in ["problem-code", "refused", "refusal"] where strings.knows("\(prefix).\(problem.code)") {
            return text("\(prefix).\(problem.code)")
        }
        let isGeneral = ["missing", "broken", "away", "large"].contains(kind)
        return isGeneral || language != .english ? text("problem.\(kind).happened") : problem.detail
    }
}

private struct Holder: Sendable {
    let problem: ProblemView
}
