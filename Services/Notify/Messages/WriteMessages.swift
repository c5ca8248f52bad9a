import Contracts
import Failures
import Foundation
import Messaging
import Policies
import Postgres
import Web

/// Writes the messages that rules want, each in its recipient's language, and queues them.
///
/// All notices of a batch in a handful of statements. The same cause again writes nothing.
struct WriteMessages: Sendable {
    let templates: Templates
    /// Put before the paths of links.
    let publicURL: String
    /// Where the office is.
    let zone: TimeZone
    let wakeUp: SendingSignals
    /// Told whose notices have changed.
    let announce: @Sendable (Set<StaffID>) -> Void

    /// - Throws: a ``Rejection`` of kind `notFound` when a recipient is not known yet: the event will be tried again.
    func callAsFunction(_ wanted: [CausedNotice], in work: Work) async throws {
        let directory = try await Directory(for: wanted.map(\.notice), in: RecipientStore(work.tx))
        var drafts: [MessageDraft] = []
        for one in wanted {
            guard let recipient = try directory.recipient(of: one.notice) else { continue }
            let why = try JSONText(wire: one.why)
            for channel in one.notice.channels {
                let message = write(one, channel, to: recipient, directory, at: work.now)
                drafts.append(MessageDraft(message, why, one.envelope))
            }
        }
        let timed = try await timed(drafts.map(\.message), work)
        let (seats, addresses) = seats(for: timed.map(\.message), directory)
        let rows = zip(timed, drafts).map { timed, draft in
            NewMessage(timed.message, draft, nextAt: timed.nextAt, begunTo: addresses[timed.message.id])
        }
        let new = try await MessageStore(work.tx).insert(rows, lease: Express.lease, at: work.now)
        let written = timed.map(\.message).filter { new.contains($0.id) }
        try await work.publish(written.compactMap { $0.event() })
        let told = Set(written.filter { $0.channel == .inApp }.compactMap(\.staffID))
        work.afterCommit {
            seats.board(
                written.compactMap { message in
                    addresses[message.id].map { ClaimDue.Ready(message: message, attempt: 1, address: $0) }
                }
            )
            wakeUp.poke(for: written.filter { addresses[$0.id] == nil })
            SendingMetrics.count(written)
            announce(told)
        }
    }

    /// Keeps seats for messages that need not be claimed, and says where those go that have got one.
    private func seats(for messages: [Message], _ directory: Directory) -> (Seats, [MessageID: String]) {
        let ready = messages.compactMap { message -> (MessageID, String)? in
            guard message.state == .queued, message.lane == Express.lane, let id = message.staffID,
                case .send(let address) = SendingPolicy.verdict(message.channel, for: directory.staff[id])
            else { return nil }
            return (message.id, address)
        }
        let seats = wakeUp.express.seats(ready.count)
        return (seats, Dictionary(uniqueKeysWithValues: ready.prefix(seats.count)))
    }

    /// Each message with the instant from which it is due: what would only be looked at in order to be laid aside again
    /// waits from the beginning.
    private func timed(_ messages: [Message], _ work: Work) async throws -> [(message: Message, nextAt: Date)] {
        guard messages.contains(where: { $0.isMarketing && $0.state == .queued }) else {
            return messages.map { ($0, work.now) }
        }
        let policy = try await PolicyStore(work.tx).current(MarketingPolicy.self)
        let rule = MarketingRule(zone: zone, policy: policy)
        guard let end = rule.quietUntil(at: work.now) else { return messages.map { ($0, work.now) } }
        return messages.map { message in
            guard message.isMarketing, message.state == .queued else { return (message, work.now) }
            var message = message
            (message.reason, message.decision) = ("quiet-hours", rule.why(.hold(until: end)))
            return (message, end)
        }
    }

    private func write(
        _ one: CausedNotice,
        _ channel: Channel,
        to recipient: Directory.Entry,
        _ directory: Directory,
        at now: Date
    ) -> Message {
        let notice = one.notice
        let variables = variables(of: notice, channel, directory)
        var text = MessageText(subject: "", body: "")
        var fault: RenderingFault?
        do {
            text = try templates.text(notice.template, channel, recipient.language, variables)
        } catch {
            fault = error
        }
        return Message(
            id: .new(),
            recipient: recipient.recipient,
            causeID: one.envelope.id,
            causeName: one.envelope.type.text,
            correlationID: one.envelope.correlationid ?? one.envelope.id,
            traceparent: one.envelope.traceparent,
            template: notice.template,
            audienceID: notice.audienceID,
            channel: channel,
            purpose: notice.purpose,
            topic: notice.topic ?? .service,
            language: recipient.language,
            text: text,
            link: notice.link,
            state: fault != nil ? .failed : channel == .inApp ? .delivered : .queued,
            reason: fault?.reason,
            detail: fault?.detail,
            attempt: 0,
            createdAt: now
        )
    }

    /// What the text may speak of: what the rule told, the link, and the names of colleagues.
    private func variables(of notice: Notice, _ channel: Channel, _ directory: Directory) -> [String: TextVariable] {
        var variables = notice.variables.merging(directory.personal(notice)) { told, _ in told }
        if let link = notice.link {
            let path = channel == .sms ? ShortLink(long: link)?.short ?? link : link
            variables["link"] = .text(publicURL + path)
        }
        for (variable, id) in notice.names {
            if let staff = directory.staff[id] { variables[variable] = .text(staff.name) }
        }
        return variables
    }
}

/// The recipients of a batch of notices.
struct Directory: Sendable {
    struct Entry: Sendable {
        let recipient: Message.Recipient
        let language: Language
    }

    let customers: [UID: Customer]
    let staff: [StaffID: StaffMember]

    init(for notices: [Notice], in store: RecipientStore) async throws {
        var people: Set<UID> = []
        var colleagues: Set<StaffID> = []
        for notice in notices {
            switch notice.recipient {
            case .customer(let uid): people.insert(uid)
            case .staff(let id), .managerOf(let id): colleagues.insert(id)
            }
            colleagues.formUnion(notice.names.values)
        }
        customers = try await store.customers(people.sorted())
        for notice in notices where notice.isPersonal {
            if case .customer(let uid) = notice.recipient, let owner = customers[uid]?.ownerID {
                colleagues.insert(owner)
            }
        }
        var staff = try await store.staff(colleagues.sorted())
        let managers = notices.compactMap { notice -> StaffID? in
            guard case .managerOf(let id) = notice.recipient else { return nil }
            return staff[id]?.managerID
        }
        let missing = Set(managers).subtracting(staff.keys)
        staff.merge(try await store.staff(missing.sorted())) { known, _ in known }
        self.staff = staff
    }

    /// What is known of the customer whom a text speaks to; what is not, the template has words for.
    func personal(_ notice: Notice) -> [String: TextVariable] {
        guard notice.isPersonal, case .customer(let uid) = notice.recipient, let customer = customers[uid] else {
            return [:]
        }
        var known: [String: TextVariable] = [:]
        if let name = customer.name, name.contains(where: \.isLetter) { known["customer"] = .text(name) }
        if let owner = customer.ownerID.flatMap({ staff[$0] }), owner.isActive { known["agent"] = .text(owner.name) }
        if let project = customer.project { known["project"] = .project(project) }
        return known
    }

    /// Whom a notice goes to; nil when there is nobody to tell.
    func recipient(of notice: Notice) throws -> Entry? {
        switch notice.recipient {
        case .customer(let uid):
            guard let customer = customers[uid] else { throw Rejection.notFound("person", uid) }
            return Entry(recipient: .customer(uid), language: customer.language)
        case .staff(let id):
            return try entry(of: id)
        case .managerOf(let id):
            guard let member = staff[id] else { throw Rejection.notFound("staff", id) }
            guard let manager = member.managerID, manager != id else { return nil }
            return try entry(of: manager)
        }
    }

    /// Who has left is not written to.
    private func entry(of id: StaffID) throws -> Entry? {
        guard let member = staff[id] else { throw Rejection.notFound("staff", id) }
        return member.isActive ? Entry(recipient: .staff(id), language: member.language) : nil
    }
}
