/// Numbers that an administrator may change; each change is a version, and decisions name the version they were made under.
public protocol Policy: Codable, Sendable, Equatable {
    /// `assign.recycle`; in the glossary as `policy.<name>.title` and, in a sentence or two, `policy.<name>.about`.
    static var name: String { get }
    /// The defaults of the catalogue, which are version 1.
    static var standard: Self { get }
    /// Everything of it that may be changed: what the settings page shows and checks, and what is stored.
    static var fields: [PolicyField<Self>] { get }
}

/// A value and the version it has.
public struct Versioned<Value> {
    public let value: Value
    public let version: Int

    public init(value: Value, version: Int) {
        self.value = value
        self.version = version
    }
}

extension Versioned: Sendable where Value: Sendable {}
extension Versioned: Equatable where Value: Equatable {}

/// What a number counts; in the glossary as `policy.unit.<unit>`.
public enum PolicyUnit: String, Sendable {
    case seconds
    case minutes
    case hours
    case days
    case months
    case percent
    case count
    case points
    case yuan
    /// 1 for yes, 0 for no.
    case flag
    /// Minutes after midnight; people write 21:00.
    case timeOfDay = "time-of-day"
}

/// One number of a policy: where it is, what it is called, and within which bounds it may be changed.
public struct PolicyField<P: Policy>: Sendable {
    /// In the glossary as `policy.<policy>.<field>`.
    let name: String
    let unit: PolicyUnit
    let range: ClosedRange<Double>
    /// Only whole numbers are allowed.
    let isWhole: Bool
    let get: @Sendable (P) -> Double
    let set: @Sendable (inout P, Double) -> Void

    public init(
        _ path: any WritableKeyPath<P, Int> & Sendable,
        _ name: String,
        _ unit: PolicyUnit,
        _ range: ClosedRange<Int>
    ) {
        self.name = name
        self.unit = unit
        self.range = Double(range.lowerBound)...Double(range.upperBound)
        isWhole = true
        get = { Double($0[keyPath: path]) }
        set = { $0[keyPath: path] = Int($1) }
    }

    public init(
        _ path: any WritableKeyPath<P, Double> & Sendable,
        _ name: String,
        _ unit: PolicyUnit,
        _ range: ClosedRange<Double>
    ) {
        self.name = name
        self.unit = unit
        self.range = range
        isWhole = false
        get = { $0[keyPath: path] }
        set = { $0[keyPath: path] = $1 }
    }

    /// A yes or no.
    public init(_ path: any WritableKeyPath<P, Bool> & Sendable, _ name: String) {
        self.name = name
        unit = .flag
        range = 0...1
        isWhole = true
        get = { $0[keyPath: path] ? 1 : 0 }
        set = { $0[keyPath: path] = $1 != 0 }
    }

    /// A time of day, kept as minutes after midnight.
    public static func timeOfDay(_ path: any WritableKeyPath<P, Int> & Sendable, _ name: String) -> PolicyField {
        PolicyField(path, name, .timeOfDay, 0...1_439)
    }
}

extension Policy {
    /// Number by field.
    public var values: [String: Double] {
        Dictionary(Self.fields.map { ($0.name, $0.get(self)) }) { first, _ in first }
    }

    /// The policy of stored numbers; a field that is not among them is as it was delivered.
    public init(_ values: [String: Double]) {
        self = Self.standard
        for field in Self.fields {
            if let value = values[field.name] { field.set(&self, value) }
        }
    }
}
