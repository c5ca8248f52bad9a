/// Chance that can be repeated: the same seed gives the same run again (SplitMix64).
public struct Dice: RandomNumberGenerator {
    private var state: UInt64

    public init(_ seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to and without the limit.
    public mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// One of those there are; nil when there are none.
    public mutating func one<Element>(of some: [Element]) -> Element? { some.randomElement(using: &self) }

    /// One of these.
    public mutating func one<Element>(of first: Element, _ others: Element...) -> Element {
        ([first] + others).randomElement(using: &self) ?? first
    }
}
