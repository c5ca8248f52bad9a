import Contracts
import Foundation
import Messaging

/// What somebody told of a person at one time.
struct Telling: Sendable, Equatable {
    enum Source: String, Sendable {
        case submission
        case staff
        case stopReply = "stop-reply"
        case unsubscribeLink = "unsubscribe-link"
        /// What was known before tellings were kept.
        case earlier

        /// How much a value is worth that is told so: the highest wins.
        var confidence: Int {
            switch self {
            case .earlier, .submission: 50
            case .staff, .stopReply, .unsubscribeLink: 90
            }
        }
    }

    /// The UID that it was told of.
    let origin: UID
    let id: UUID
    let source: Source
    var submissionID: UUID?
    let actor: String
    var confidence: Int
    /// Value by field.
    var told: [String: String]
    let toldAt: Date
    /// How a member of staff heard it: `call`, `meeting`, `message`, `paper`.
    var heardBy: String?
    /// Why it was noted.
    var reason: String?
    /// When the person said it, where that was before it was noted.
    var saidAt: Date?
    /// What they agreed to, as it was written, or its version.
    var words: String?

    init(
        origin: UID,
        id: UUID,
        source: Source,
        submissionID: UUID? = nil,
        actor: String,
        confidence: Int? = nil,
        told: [String: String],
        toldAt: Date
    ) {
        self.origin = origin
        self.id = id
        self.source = source
        self.submissionID = submissionID
        self.actor = actor
        self.confidence = confidence ?? source.confidence
        self.told = told
        self.toldAt = toldAt
    }

    /// What an enquiry tells of somebody that we did not know; nil when it is nothing.
    ///
    /// What is told first of a person has the person's own id, and is kept even if it is nothing. Of somebody who
    /// `isJoined` all is kept: what is known of the whole may be the other side's, who takes it along one day.
    init?(
        _ submission: ReadSubmission,
        _ enquiry: Enquiry,
        of side: UID,
        before: Person?,
        isJoined: Bool,
        now: Date
    ) {
        let known = isJoined ? nil : before
        var told: [String: String] = [:]
        if let name = enquiry.name, name != known?.name { told[ProfileField.name.rawValue] = name }
        if let language = enquiry.language, language != known?.language {
            told[ProfileField.language.rawValue] = language
        }
        let saying = Telling.saying(enquiry, known)
        if let saying { told.merge(saying.told) { told, _ in told } }
        guard before == nil || !told.isEmpty else { return nil }
        self.init(
            origin: side,
            id: before == nil ? side.uuid : submission.received.id,
            source: .submission,
            submissionID: submission.received.id,
            actor: submission.cause.actor,
            told: told,
            toldAt: now
        )
        if saying?.allowed.isEmpty == false { words = enquiry.consent?.words }
    }

    /// What an enquiry says of consent, where we did not know it so; nil when it says nothing new.
    ///
    /// A no is kept each time: somebody may turn out to be the same person who has said yes in between.
    private static func saying(_ enquiry: Enquiry, _ before: Person?) -> ConsentSaying? {
        guard let consent = enquiry.consent else { return nil }
        let (allowed, refused) = consent.scopes
        let known = before?.consents ?? Consents()
        let isNews = !known.allowed.isSuperset(of: allowed) || !refused.isEmpty
        let isReworded =
            consent.words != nil
            && known.grounds.contains { ground in
                ground.allows && !ground.scope.isDisjoint(with: allowed) && ground.words != consent.words
            }
        return isNews || isReworded ? ConsentSaying(allowed: allowed, refused: refused) : nil
    }

    /// Each value with where it comes from; what is no field of ours is left out.
    var facts: [PersonFact] {
        told.compactMap { name, value in
            ProfileField(rawValue: name).map { PersonFact(field: $0, value: value, telling: self) }
        }
    }
}
