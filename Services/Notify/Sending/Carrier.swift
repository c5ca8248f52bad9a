import Outbound

/// Brings messages of one channel on their way.
///
/// Both kinds are real: the SMS gateway and the mail server.
protocol Carrier: Sendable {
    /// Hands one message over; never throws, but tells how it ended.
    func carry(_ message: Message, attempt: Int, to address: String) async -> Outcome
    /// Ends the carrier's threads.
    func close() async
}
