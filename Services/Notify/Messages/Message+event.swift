import Contracts
import Messaging

extension Message {
    /// The event that tells of the state it is in; none while an attempt is under way.
    ///
    /// Of a message to a member of staff only the end is told: nobody but Notify cares for the way there, and there are
    /// four for every lead.
    func event(for cause: Cause? = nil) -> Draft? {
        if staffID != nil, state == .queued || state == .accepted { return nil }
        let cause = cause ?? self.cause
        func draft(_ event: some Contract) -> Draft { Draft(event, about: id, uid: uid, cause: cause) }
        return switch state {
        case .sending: nil
        case .queued: draft(step(MessageQueued.self))
        case .accepted: draft(step(MessageAccepted.self))
        case .delivered: draft(step(MessageDelivered.self))
        case .failed: draft(end(MessageFailed.self))
        case .unknown: draft(end(MessageUnknown.self))
        case .suppressed: draft(suppression)
        }
    }

    private func step<Event: StepEvent>(_: Event.Type) -> Event {
        Event(
            messageID: id,
            uid: uid,
            staffID: staffID,
            channel: channel.rawValue,
            template: template,
            attempt: attempt
        )
    }

    private func end<Event: EndEvent>(_: Event.Type) -> Event {
        Event(
            messageID: id,
            uid: uid,
            staffID: staffID,
            channel: channel.rawValue,
            template: template,
            attempt: attempt,
            reason: reason ?? "unknown",
            detail: detail
        )
    }

    private var suppression: MessageSuppressed {
        MessageSuppressed(
            messageID: id,
            uid: uid,
            staffID: staffID,
            channel: channel.rawValue,
            template: template,
            attempt: attempt,
            reason: reason ?? "unknown",
            detail: detail,
            why: decision ?? (SendingPolicy.isConsent(reason) ? consent : nil)
        )
    }
}

/// On the way: which message it is, and how often it was tried.
private protocol StepEvent: Contract {
    init(messageID: MessageID, uid: UID?, staffID: StaffID?, channel: String, template: String, attempt: Int)
}

extension MessageQueued: StepEvent {}
extension MessageAccepted: StepEvent {}
extension MessageDelivered: StepEvent {}

/// The end of it: why, too.
private protocol EndEvent: Contract {
    init(
        messageID: MessageID,
        uid: UID?,
        staffID: StaffID?,
        channel: String,
        template: String,
        attempt: Int,
        reason: String,
        detail: String?
    )
}

extension MessageFailed: EndEvent {}
extension MessageUnknown: EndEvent {}
