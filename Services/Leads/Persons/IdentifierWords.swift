import Web

extension PersonIdentifier {
    /// As a page shows it: whole for whoever looks after the person, masked for others; of a document never more than that
    /// there is one.
    func shown(_ viewer: Viewer, masked: Bool) -> String {
        switch kind {
        case .phone: viewer.phone(value, masked: masked)
        case .email: viewer.email(value, masked: masked)
        case .wechat: viewer.handle(value, masked: masked)
        case .document: viewer.text("persons.document.known")
        }
    }
}
