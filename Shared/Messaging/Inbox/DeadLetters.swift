import AMQP
import Contracts
import Failures
public import Foundation
import Postgres

/// What people do with dead letters: look, send again, give up.
public struct DeadLetters: Sendable {
    private let spine: Spine
    private let readers: [String: InletReader]

    /// With the readers of the service's inlets, what is handed over again is looked at first, and refused when it could not
    /// be handled anyway.
    public init(_ spine: Spine, readers: [InletReader] = []) {
        self.spine = spine
        self.readers = Dictionary(readers.map { ($0.queue, $0) }) { first, _ in first }
    }

    /// Dead letters, the newest first.
    public func list(
        _ selection: DeadLetterSelection = DeadLetterSelection(),
        limit: Int = 100
    ) async throws
        -> [DeadLetter]
    {
        try await spine.read { tx in try await DeadLetterStore(tx).list(selection, limit: limit) }
    }

    /// How many wait, by reason and by what kind of message they are.
    public func groups() async throws -> [DeadLetterGroup] {
        try await spine.read { tx in try await DeadLetterStore(tx).groups() }
    }

    /// How many a selection has.
    public func count(_ selection: DeadLetterSelection) async throws -> Int {
        try await spine.read { tx in try await DeadLetterStore(tx).count(selection) }
    }

    /// One dead letter.
    public func show(_ id: UUID) async throws -> DeadLetter {
        let letter = try await spine.read { tx in try await DeadLetterStore(tx).find(id) }
        guard let letter else { throw Rejection.notFound("dead-letter", id.wire) }
        return letter
    }

    /// Every letter that the same message became, mended versions included, the oldest first.
    public func history(of id: UUID) async throws -> [DeadLetter] {
        try await spine.read { tx in try await DeadLetterStore(tx).history(of: id) }
    }

    /// Hands the message to its inlet once more, as it was or with another body; of two who ask at once, one does it.
    ///
    /// A mended message gets an id of its own, and the old one as its cause.
    /// - Throws: `conflict` when the letter is settled or the message was handled meanwhile, `invalid` when it could not be
    ///   handled as it is now. The letter goes on waiting then.
    public func replay(_ id: UUID, editedBody: [UInt8]? = nil, by actor: String) async throws {
        try await spine.perform(Cause(actor: actor)) { work in
            let store = DeadLetterStore(work.tx)
            try await settle([id], as: "replayed", by: actor, note: nil, work)
            guard let letter = try await store.find(id) else { throw Rejection.notFound("dead-letter", id.wire) }
            if let message = try reissue(letter, editedBody) {
                try await claim(message, for: letter, work)
                try await store.handOver(message, inlet: letter.inlet)
                try await store.note(successor: message.reading.messageID, of: id)
            } else {
                try await store.handOver(id)
            }
            work.afterCommit { spine.retrySignals[letter.inlet].poke() }
        }
    }

    /// Hands all messages of a selection over once more, in the order in which they died; at most a thousand at once.
    ///
    /// One that cannot be handed over goes on waiting and holds up nobody.
    public func replay(_ selection: DeadLetterSelection, by actor: String) async throws -> DeadLetterOutcome {
        let ids = try await spine.read { tx in try await DeadLetterStore(tx).oldest(selection, limit: 1_000) }
        var outcome = DeadLetterOutcome()
        for id in ids {
            do {
                try await replay(id, by: actor)
                outcome.settled += 1
            } catch let refusal as Rejection {
                outcome.refused += 1
                outcome.refusal = outcome.refusal ?? refusal
            }
        }
        outcome.left = try await count(selection)
        return outcome
    }

    /// Gives the message up, with a note that says why.
    public func discard(_ id: UUID, note: String, by actor: String) async throws {
        try DeadLetters.require(note)
        try await spine.perform(Cause(actor: actor)) { work in
            try await settle([id], as: "discarded", by: actor, note: note, work)
        }
    }

    /// Gives all messages of a selection up, with one note.
    public func discard(
        _ selection: DeadLetterSelection,
        note: String,
        by actor: String
    ) async throws
        -> DeadLetterOutcome
    {
        try DeadLetters.require(note)
        return try await spine.perform(Cause(actor: actor)) { work in
            let ids = try await DeadLetterStore(work.tx).oldest(selection, limit: .max)
            let settled = try await DeadLetterStore(work.tx)
                .settle(ids, as: "discarded", at: work.now, by: actor, note: note)
            return DeadLetterOutcome(settled: settled)
        }
    }

    private static func require(_ note: String) throws {
        guard !note.isEmpty else { throw Rejection.invalid("note", "note-required", "Say why it may be discarded.") }
    }

    private func settle(_ ids: [UUID], as status: String, by actor: String, note: String?, _ work: Work) async throws {
        let settled = try await DeadLetterStore(work.tx).settle(ids, as: status, at: work.now, by: actor, note: note)
        guard settled == ids.count else {
            throw Rejection(.conflict, "dead-letter-settled", "The dead letter was settled already, or never existed.")
        }
    }

    /// What is handed over instead of the letter's own message; nil when that goes over as it is filed.
    private func reissue(_ letter: DeadLetter, _ editedBody: [UInt8]?) throws -> Reissue? {
        let body = editedBody.map { Reissue.mended($0, after: letter) } ?? letter.body
        let properties = try JSONText(letter.properties).decode(StoredProperties.self)
        guard let reader = readers[letter.inlet] else {
            return try editedBody.map { _ in try Reissue(unread: letter, body, properties) }
        }
        let delivery = Delivery(again: body, properties, exchange: letter.exchange, routingKey: letter.routingKey)
        let reading = try reader.read(delivery)
        guard editedBody != nil || reading.source != letter.source || reading.messageID != letter.messageID else {
            return nil
        }
        return Reissue(
            reading: reading,
            delivery: delivery,
            properties: properties,
            mustBeNew: reader.deduplicates,
            isMended: editedBody != nil
        )
    }

    /// The message was not filed under its own name before: whoever sent it again meanwhile may have been heard.
    private func claim(_ message: Reissue, for letter: DeadLetter, _ work: Work) async throws {
        guard message.mustBeNew else { return }
        guard try await DeadLetterStore(work.tx).claim(message.reading, inlet: letter.inlet, isMended: message.isMended)
        else {
            throw Rejection(
                .conflict,
                "dead-letter-handled",
                "The message came again meanwhile and was handled. The dead letter can be discarded."
            )
        }
    }
}
