public import Failures

extension Viewer {
    /// Why the business said no: in the viewer's words where the glossary has the code, else in its own.
    public func refusal(_ rejection: Rejection) -> String {
        let words = word("refusal", rejection.code)
        return words == rejection.code ? rejection.message : words
    }
}
