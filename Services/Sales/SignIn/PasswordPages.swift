import Failures
import Web

/// The page where people choose another password.
struct PasswordPage: Sendable {
    let header: PageHeader
    let problem: String?
    let fields: [Field]

    init(_ viewer: Viewer, problem: String? = nil, refused: Rejection? = nil) {
        header = PageHeader(viewer.text("password.title"), sub: viewer.text("password.lead"))
        self.problem = problem
        func error(_ name: String) -> String? {
            refused.flatMap { $0.field == name ? viewer.refusal($0.code, $0.message) : nil }
        }
        fields = [
            Field(
                "old",
                viewer.text("password.old"),
                type: "password",
                error: error("old"),
                isRequired: true,
                autocomplete: "current-password"
            ),
            Field(
                "new",
                viewer.text("password.new"),
                type: "password",
                hint: viewer.text("password.rule", count: PasswordRule.shortest),
                error: error("new"),
                isRequired: true,
                autocomplete: "new-password"
            ),
            Field(
                "again",
                viewer.text("password.again"),
                type: "password",
                error: error("again"),
                isRequired: true,
                autocomplete: "new-password"
            ),
        ]
    }
}
