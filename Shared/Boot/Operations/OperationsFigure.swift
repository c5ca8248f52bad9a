public import Web

/// A figure of what a service does besides the spine, for its part of the operations page, and what is wrong with it.
public struct OperationsFigure: Sendable {
    /// Something that an operator should see to, in words.
    public struct Need: Sendable {
        public let text: String
        public let advice: String
        public let href: String?
        /// Whether somebody must act; otherwise it is worth a look.
        public let isGrave: Bool

        public init(_ text: String, advice: String, href: String? = nil, isGrave: Bool) {
            self.text = text
            self.advice = advice
            self.href = href
            self.isGrave = isGrave
        }
    }

    public let stat: Stat
    public let needs: [Need]

    public init(_ stat: Stat, needs: [Need] = []) {
        self.stat = stat
        self.needs = needs
    }
}
