import Web

/// The page where people sign in.
struct SignInPage: Sendable {
    let lead: String
    let next: String
    let problem: String?
    let fields: [Field]

    init(_ viewer: Viewer, next: LocalPath, email: String = "", problem: String? = nil) {
        lead = viewer.text("sign-in.lead")
        self.next = next.description
        self.problem = problem
        fields = [
            Field(
                "email",
                viewer.text("sign-in.email"),
                value: email,
                type: "email",
                isRequired: true,
                autocomplete: "username"
            ),
            Field(
                "password",
                viewer.text("sign-in.password"),
                type: "password",
                isRequired: true,
                autocomplete: "current-password"
            ),
        ]
    }
}
