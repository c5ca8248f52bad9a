/// One number of a policy that was changed, in the unit that the settings page says.
public struct PolicyChange: Codable, Sendable, Equatable {
    public var field: String
    public var from: Double
    public var to: Double

    public init(field: String, from: Double, to: Double) {
        self.field = field
        self.from = from
        self.to = to
    }
}
