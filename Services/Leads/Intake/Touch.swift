import Contracts

/// What further enquiries of one batch come to for the lead that is open already.
struct Touch: Sendable, Equatable {
    private(set) var count = 0
    /// What they say the person wants now; what they do not speak of stays as it was.
    private(set) var need: Need?

    /// One more enquiry: the later one is right.
    mutating func add(_ said: Need?) {
        count += 1
        need = said.map { (need ?? Need()).updated(by: $0) } ?? need
    }
}
