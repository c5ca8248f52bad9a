/// The publishes of one channel that the broker has not answered yet.
///
/// The broker confirms by number, alone or "up to here"; a returned message is named by its `message_id` only, just
/// before its confirm. Every publish that goes in comes out exactly once: confirmed, refused, returned, or lost when
/// the channel closes.
struct ConfirmWindow<Ticket> {
    private struct Entry {
        let ticket: Ticket
        let messageID: String
        let bytes: Int
        var returned: PublishOutcome?
    }

    private let limit: Publisher.Window
    private(set) var messages = 0
    private(set) var bytes = 0
    /// Publishes in order of their numbers, of which `entries[0]` has `first`; nil is answered.
    private var entries: [Entry?] = []
    private var head = 0
    private var first: UInt64 = 1

    init(limit: Publisher.Window) { self.limit = limit }

    /// Whether a message of this size may be sent now.
    ///
    /// One alone always may, however big it is.
    func admits(bytes size: Int) -> Bool {
        messages == 0 || (messages < limit.messages && bytes + size <= limit.bytes)
    }

    /// Takes the next number for a message that is about to be sent.
    mutating func publish(messageID: String, bytes size: Int, ticket: Ticket) -> UInt64 {
        entries.append(Entry(ticket: ticket, messageID: messageID, bytes: size, returned: nil))
        messages += 1
        bytes += size
        return first + UInt64(entries.count) - 1
    }

    /// Remembers that no queue takes this message; its confirm, which follows, then ends it as returned.
    mutating func returned(messageID: String, code: Int, reason: String) {
        for index in head..<entries.count {
            guard let entry = entries[index], entry.returned == nil, entry.messageID == messageID else { continue }
            entries[index]?.returned = .returned(code: code, reason: reason)
            return
        }
    }

    /// Ends the publish with this number, or all up to it, with what the broker said.
    mutating func answer(
        _ number: UInt64,
        multiple: Bool,
        with outcome: PublishOutcome,
        settle: (Ticket, PublishOutcome) -> Void
    ) {
        guard number >= first, number - first < UInt64(entries.count) else { return }
        let last = Int(number - first)
        guard last >= head else { return }
        for index in (multiple ? head : last)...last { end(index, with: outcome, settle: settle) }
        forgetAnswered()
    }

    /// Ends everything: the channel is gone, and the numbers start over.
    mutating func close(reason: String, settle: (Ticket, PublishOutcome) -> Void) {
        for index in head..<entries.count { end(index, with: .lost(reason: reason), settle: settle) }
        self = ConfirmWindow(limit: limit)
    }

    private mutating func end(
        _ index: Int,
        with outcome: PublishOutcome,
        settle: (Ticket, PublishOutcome) -> Void
    ) {
        guard let entry = entries[index] else { return }
        entries[index] = nil
        messages -= 1
        bytes -= entry.bytes
        settle(entry.ticket, entry.returned ?? outcome)
    }

    private mutating func forgetAnswered() {
        while head < entries.count, entries[head] == nil { head += 1 }
        guard head >= 1024, head * 2 >= entries.count else { return }
        entries.removeFirst(head)
        first += UInt64(head)
        head = 0
    }
}
