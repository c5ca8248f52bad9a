public import Contracts
public import Foundation
public import Postgres

/// One business transaction: what changes in it, what it tells the others, and the timers it sets commit together.
///
/// ```swift
/// try await spine.perform(.staff(id)) { work in
///     let deal = try await DealStore(work.tx).locked(id)
///     let advanced = try deal.advanced(to: stage)
///     try await DealStore(work.tx).save(advanced)
///     try await work.publish(DealStageChanged(from: deal, to: advanced), about: id, uid: deal.uid)
/// }
/// ```
public struct Work: Sendable {
    public let tx: Transaction
    /// The instant of this work. Rules take it as a value; nobody asks a clock.
    public let now: Date
    public let cause: Cause
    let context: SpineContext

    /// Appends an event to the journal and to the outbox.
    ///
    /// The subject's stream is locked from here to the end of the transaction, so that the order of its events is the
    /// order of the commits.
    public func publish(
        _ event: some Contract,
        about subject: some CustomStringConvertible,
        uid: UID? = nil
    ) async throws {
        try await publish([Draft(event, about: subject, uid: uid, cause: cause)])
    }

    /// Appends many events in one statement.
    public func publish(_ drafts: [Draft]) async throws {
        guard !drafts.isEmpty else { return }
        let entries = try await Journal(tx).append(drafts, at: now)
        try await context.project(entries, self)
    }

    /// The timers of this service, set and cancelled in this transaction.
    public var timers: Timers { Timers(tx) }
}

/// An event that is about to be journalled.
public struct Draft: Sendable {
    public let id: UUID
    public let name: MessageName
    public let subject: String
    public let uid: UID?
    public let cause: Cause
    let data: @Sendable () throws -> String

    public init(
        _ event: some Contract,
        about subject: some CustomStringConvertible,
        uid: UID? = nil,
        cause: Cause
    ) {
        id = .v7()
        name = type(of: event).name
        self.subject = subject.description
        self.uid = uid
        self.cause = cause
        data = { String(decoding: try Wire.encoder.encode(event), as: UTF8.self) }
    }
}
