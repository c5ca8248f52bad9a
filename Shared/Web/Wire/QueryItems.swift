public import Foundation

extension [URLQueryItem] {
    /// What stands behind the question mark of an address; empty where there is nothing.
    ///
    /// A plus is escaped, since it is read as a space, which Foundation does not know of.
    public var encoded: String {
        guard !isEmpty else { return "" }
        var components = URLComponents()
        components.queryItems = self
        return (components.percentEncodedQuery ?? "").replacing("+", with: "%2B")
    }
}
