import Contracts
import Messaging

/// Builds the timeline from every event of every service that concerns a person.
enum TimelineProjection {
    /// Every event that may concern a person; commands, tallies and what is about staff or many at once are not among them.
    static let names: Set<MessageName> = Set(
        Registry.contracts.filter { $0.isPublished }.map { $0.name }.filter {
            !aboutNobodyInParticular.contains($0) && !$0.text.contains(".inbox.tallied.")
        }
    )

    private static let aboutNobodyInParticular = [
        SubmitLead.name, StaffChanged.name, ImportEnded.name, LeadsExported.name, LeadsOffered.name,
        AudienceReady.name,
        // What Notify tells of itself already.
        LeadAnswered.name, CaseAnswered.name,
    ]

    static let projection = Projection("timeline", of: names) { received, work in
        let silent = try await forgottenAuthors(among: received, work)
        try await TimelineStore(work.tx).add(received.compactMap { try NewTimelineEntry($0, silent: silent) })
    }

    /// Those who were forgotten and of whom Notify, which did not know it yet, tells what they wrote.
    private static func forgottenAuthors(among received: [Received], _ work: Work) async throws -> Set<UID> {
        let authors = received.filter { $0.envelope.type == MessageAnswered.name }.compactMap(\.envelope.uid)
        guard !authors.isEmpty else { return [] }
        return try await ForgottenCustomerStore(work.tx).forgotten(among: authors)
    }
}

/// An event on its way into the timeline.
struct NewTimelineEntry: Sendable {
    let uid: UID
    let envelope: Envelope
    /// The event's data as JSON, without how the person is reached, and without what is kept beside it.
    let inputs: String
    let why: String?

    /// What says how a person is reached, what is long and nobody reads here, and what has a column of its own.
    private static let leftOut: Set<String> = ["person", "customer", "consent", "need", "why", "gradeWhy"]

    /// Nil for what does not concern a customer: notices to members of staff name the customer they are about, but were
    /// not sent to them.
    ///
    /// `silent` are those whose words are not kept.
    init?(_ received: Received, silent: Set<UID> = []) throws {
        let message = try received.message
        guard let uid = received.envelope.uid else { return nil }
        if received.envelope.type.text.hasPrefix("notify.message."), try message.member("staffID") != nil { return nil }
        self.uid = uid
        envelope = received.envelope
        inputs =
            silent.contains(uid)
            // As it is in the timeline of whoever was forgotten after they wrote.
            ? try #"{"text":"","# + message.data(without: Self.leftOut.union(["text"])).dropFirst()
            : try message.data(without: Self.leftOut)
        why = try message.member("why") ?? message.member("gradeWhy")
    }
}
