import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Sales

@Suite struct CustomerNewsTests {
    @Test("events of a customer leave the same row whether they come one by one or many at a time")
    func together() async throws {
        try await Agency.open { agency in
            let owners = [try agency.member("agent").id, try agency.member("other").id, nil]
            for _ in 1...60 {
                var story = Story(of: .new(), owners: owners)
                for _ in 1...Int.random(in: 1...8) { story.go() }
                var twin = story
                twin.moveTo(.new())
                for event in story.events { try await agency.hear([event]) }
                while !twin.events.isEmpty {
                    let batch = Array(twin.events.prefix(Int.random(in: 2...8)))
                    twin.events.removeFirst(batch.count)
                    try await agency.hear(batch)
                }
                let rows = try await agency.rows(of: [story.uid, twin.uid])
                #expect(rows.count == 2)
                #expect(rows.first == rows.last, "\(story.events.map(\.envelope.type.text))")
            }
        }
    }

    @Test("a batch that tells of many customers adds those that are new, with what they are searched by")
    func many() async throws {
        try await Agency.open { agency in
            let stories = (0..<40).map { _ in
                var story = Story(of: .new(), owners: [nil])
                story.identify()
                return story
            }
            try await agency.hear(stories.prefix(20).flatMap(\.events))
            try await agency.hear(stories.flatMap(\.events))
            let found: Int? = try await agency.spine.read { tx in
                try await tx.first("SELECT count(*) AS n FROM customer_search") { try $0["n"] }
            }
            #expect(found == 40)
        }
    }
}

/// What happens to one person, event by event, at times that need not be in order.
private struct Story {
    private(set) var uid: UID
    private let owners: [StaffID?]
    var events: [Told] = []
    private let lead = LeadID.new()

    init(of uid: UID, owners: [StaffID?]) {
        self.uid = uid
        self.owners = owners
    }

    mutating func go() {
        switch Int.random(in: 0..<6) {
        case 0: identify()
        case 1: receive()
        case 2: assign()
        case 3: touch()
        case 4:
            var change = ConsentChanged.example
            change.consent.sms = Bool.random()
            tell(change)
        default: tell(CaseOpened.example)
        }
    }

    mutating func identify() {
        var event = PersonIdentified.example
        event.person = card
        event.consent.email = Bool.random()
        tell(event)
    }

    private mutating func receive() {
        var event = LeadReceived.example
        event.leadID = Bool.random() ? lead : .new()
        event.person = card
        event.need = Bool.random() ? event.need : nil
        event.grade = ["A", "B"].randomElement() ?? "C"
        tell(event)
    }

    private mutating func assign() {
        var event = LeadAssigned.example
        event.leadID = lead
        event.ownerID = owners.randomElement() ?? nil
        event.teamID = nil
        event.customerName = ["王五", nil].randomElement() ?? nil
        event.tags = [event.tags, [], nil].randomElement() ?? nil
        tell(event)
    }

    private mutating func touch() {
        var event = LeadTouched.example
        event.ownerID = owners.randomElement() ?? nil
        event.touches = Int.random(in: 1...5)
        tell(event)
    }

    private var card: PersonCard {
        PersonCard(
            name: ["张三", #"O'\"Neil, {x}"#, nil].randomElement() ?? nil,
            phones: [["+8613812345678"], ["+8613900000001", "+8613900000002"], []].randomElement() ?? [],
            emails: [["a@x.example"], []].randomElement() ?? [],
            wechat: ["wx-1", nil].randomElement() ?? nil,
            language: ["zh", nil].randomElement() ?? nil
        )
    }

    private mutating func tell(_ event: some Contract) {
        let envelope = Envelope(
            id: UUID.v7().wire,
            source: "/lintel/leads",
            type: type(of: event).name,
            subject: uid.description,
            time: Date(timeIntervalSince1970: 1_790_000_000 + Double(Int.random(in: 0..<100))),
            uid: uid
        )
        let data = (try? Wire.encoder.encode(event)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        events.append(Told(envelope: envelope, data: data.withUID(uid)))
    }

    /// The same story, of somebody else.
    mutating func moveTo(_ other: UID) {
        uid = other
        for index in events.indices {
            events[index].envelope.id = UUID.v7().wire
            events[index].envelope.uid = other
            events[index].envelope.subject = other.description
            events[index].data = events[index].data.withUID(other)
        }
    }
}

/// An event of a story.
private struct Told {
    var envelope: Envelope
    var data: String
}

extension String {
    /// The event's data, of this person.
    fileprivate func withUID(_ uid: UID) -> String {
        guard var data = try? JSONSerialization.jsonObject(with: Data(utf8)) as? [String: Any] else { return self }
        data["uid"] = uid.description
        return (try? JSONSerialization.data(withJSONObject: data)).map { String(decoding: $0, as: UTF8.self) } ?? self
    }
}

extension Agency {
    fileprivate func hear(_ events: [Told]) async throws {
        let entries = events.map { JournalEntry(envelope: $0.envelope, data: $0.data) }
        try await spine.settleEvents(entries, with: app.subscriptions)
        #expect(try await spine.unsettled() == (0, 0))
    }

    /// The customers' rows as text, without their ids.
    fileprivate func rows(of uids: [UID]) async throws -> [String] {
        try await spine.read { tx in
            try await tx.all(
                "SELECT (to_jsonb(c) - 'uid')::text AS row FROM customers c WHERE uid = ANY(\(uids.map(\.uuid))::uuid[])"
            ) { try $0["row"] }
        }
    }
}
