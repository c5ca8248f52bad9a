import Contracts
import Failures
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing

@testable import Leads

/// Random doings about who is who and what is known of them, and what was told of each side meanwhile.
///
/// Nothing here knows of merges but whom they join: what holds of a person follows from what was told of the sides that
/// they have, in the order in which it was told.
struct MergePlay {
    /// What somebody told of one field.
    private struct Told {
        let turn: Int
        /// Of consent for one purpose by one means.
        let field: String
        let value: String
        let isStaff: Bool
    }

    private static let sight = Cast.head.principal.leadSight

    let office: Office
    let agent: StaffID
    var chance: Seeded
    private(set) var pins: Set<UIDPair> = []
    private var told: [UID: [Told]] = [:]
    /// Tags as `key=value`.
    private var tags: [UID: Set<String>] = [:]
    private var turn = 0

    init(_ office: Office, agent: StaffID, seed: UInt64) {
        (self.office, self.agent, chance) = (office, agent, Seeded(seed))
    }

    mutating func act() async throws {
        turn += 1
        // What is told later has a later time.
        try await office.spine.advanceClock(bySeconds: 1)
        switch below(20) {
        case 0..<6: try await enquire()
        case 6..<10: try await merge()
        case 10..<12: try await takeBack()
        case 12..<14: try await correct()
        case 14..<16: try await stop()
        case 16..<18: try await call()
        case 18: try await pin()
        default: try await tag()
        }
    }

    // MARK: What happens

    private mutating func enquire() async throws {
        let phone = "1390000000\(below(6))"
        let email = one(in: 4) ? "p\(below(5))@example.com" : nil
        let name = ["张三", "李四", "王五"][below(3)]
        var consents = ["sms", "email"].filter { _ in one(in: 2) }.map { ("contact.\($0)", one(in: 2)) }
        var consent = consents.map { #""\#($0.0.dropFirst("contact.".count))": \#($0.1)"# }
        // A purpose by itself goes before what is said of all.
        if one(in: 3) {
            consents.append(("care.sms", one(in: 2)))
            consent.append(#""purposes": {"care": {"sms": \#(consents[consents.count - 1].1)}}"#)
        }
        let district = "区\(below(4))"
        let more = #", "need": {"districts": ["\#(district)"]}, "consent": {\#(consent.joined(separator: ", "))}"#
        let before = try await side(of: phone)
        let body = Office.enquiry("\(turn)", phone: phone, email: email, more: more)
        try await office.push(body.replacing("张三", with: name))
        let side = try await sideOfLastEnquiry()
        // Who is named by one number alone is whose that number is.
        if email == nil, let before { #expect(side == before) }
        tell(side, ProfileField.name.rawValue, name)
        var parts: [String: Bool] = [:]
        for (field, isAllowed) in consents {
            for part in ConsentSaying.parts(of: "consent.\(field)") { parts[part] = isAllowed }
        }
        for (part, isAllowed) in parts { tell(side, part, isAllowed ? "yes" : "no") }
        tags[side, default: []].insert("region=\(district)")
    }

    private mutating func merge() async throws {
        let persons = try await office.roots().shuffled(using: &chance)
        guard persons.count > 1 else { return }
        let tree = try await office.treeOfJournal()
        let (mine, theirs) = (tree.members(of: persons[0]), tree.members(of: persons[1]))
        let isPinned = mine.contains { one in theirs.contains { pins.contains(UIDPair(one, $0)) } }
        do {
            try await office.merge(persons[0], into: persons[1])
            #expect(!isPinned, "different people were joined")
        } catch let rejection as Rejection {
            #expect(isPinned && rejection.code == "different-people")
        }
    }

    private mutating func takeBack() async throws {
        guard let merge = try await office.standingMerges().randomElement(using: &chance) else { return }
        let different = one(in: 4)
        try await office.unmerge(merge.id, different: different)
        if different { pins.insert(UIDPair(merge.survivor, merge.merged)) }
    }

    /// A member of staff writes down what they know, under whichever of a person's UIDs they have before them.
    private mutating func correct() async throws {
        guard let uid = try await office.everybody().randomElement(using: &chance) else { return }
        let tree = try await office.treeOfJournal()
        let known = expected(tree.members(of: tree.survivor(of: uid)))
        let wishes: [(String, String)] = [
            ("name", ["张珊", "李思"][below(2)]), ("income", "\(1 + below(3))00000"),
            ("consent.contact.sms", one(in: 2) ? "yes" : "no"), ("consent.care.sms", one(in: 2) ? "yes" : "no"),
        ]
        let (field, value) = wishes[below(wishes.count)]
        let office = office
        try await office.spine.perform(.staff(agent)) { work in
            try await office.app.tellOfPerson(uid, [field: value], Self.sight, work)
        }
        // What holds already is no news.
        let parts = ConsentSaying.parts(of: field)
        guard parts.contains(where: { known[$0] != value }) else { return }
        for part in parts { tell(uid, part, value, isStaff: true) }
    }

    private mutating func stop() async throws {
        guard let uid = try await office.everybody().randomElement(using: &chance) else { return }
        let channel = one(in: 2) ? "sms" : "email"
        try await office.hear(RecipientOptedOut(uid: uid, channel: channel, source: "stop-reply"), about: uid, uid: uid)
        for part in ConsentSaying.parts(of: "consent.contact.\(channel)") { tell(uid, part, "no") }
    }

    /// An agent calls about a lead, one that waits behind another perhaps, or just somebody.
    private mutating func call() async throws {
        guard let lead = try await office.leads().randomElement(using: &chance) else { return }
        var contact = ContactLogged.reached(lead.uid, one(in: 3) ? nil : lead.id, by: agent)
        contact.isReached = !one(in: 3)
        contact.contactedAt = office.spine.clock.now
        try await office.hear(contact, about: contact.contactID, uid: lead.uid)
    }

    private mutating func pin() async throws {
        let two = try await office.everybody().shuffled(using: &chance).prefix(2)
        guard two.count == 2 else { return }
        let pair = UIDPair(two[0], two[1])
        let tree = try await office.treeOfJournal()
        let isOne = tree.survivor(of: pair.low) == tree.survivor(of: pair.high)
        let office = office
        do {
            try await office.spine.perform(.staff(agent)) { try await office.app.decideReview.pin(pair, $0) }
            #expect(!isOne)
            pins.insert(pair)
        } catch let rejection as Rejection {
            #expect(isOne && rejection.code == "same-person")
        }
    }

    private mutating func tag() async throws {
        guard let lead = try await office.leads().randomElement(using: &chance) else { return }
        let (hobby, office) = (["golf", "sailing"][below(2)], office)
        try await office.spine.perform(.staff(agent)) { work in
            try await office.app.judgeTag.add(lead.id, key: "hobby", value: hobby, Self.sight, work)
        }
        let side = try #require(try await office.spine.read { try await LeadStore($0).side(of: lead.id) })
        tags[side, default: []].insert("hobby=\(hobby)")
    }

    // MARK: What must hold

    /// What holds of everybody, and what is kept of each side, follows from what was told of the sides alone.
    func isAsTold() async throws {
        for _ in 0..<2 { try await office.takeInTags() }
        let tree = try await office.treeOfJournal()
        let persons = try await office.roots()
        let sides = try await office.sides(persons)
        let kept = try await office.spine.read { try await TagStore($0).of(persons) }
        for person in persons {
            let members = tree.members(of: person)
            let side = try #require(sides[person])
            let winners = Dictionary(side.winners.map { ($0.key.rawValue, $0.value.value) }) { first, _ in first }
            let holds = winners.merging(Self.told(side.person.consents)) { first, _ in first }
            #expect(holds == expected(members), "turn \(turn)")
            let known = kept[person] ?? []
            for side in members {
                let its = known.filter { ($0.toldOf ?? person) == side }.map { "\($0.key)=\($0.value)" }
                #expect(Set(its) == tags[side] ?? [])
            }
            let holding = known.filter(\.isWinner).map { "\($0.key)=\($0.value)" }
            #expect(holding.sorted() == Set(members.flatMap { tags[$0] ?? [] }).sorted())
        }
        let stored = try await office.spine.read { tx in
            try await tx.all("SELECT low, high FROM pins") { UIDPair(try $0["low"], try $0["high"]) }
        }
        #expect(Set(stored) == pins)
    }

    /// The values that hold of somebody with these sides.
    private func expected(_ members: [UID]) -> [String: String] {
        let all = members.flatMap { told[$0] ?? [] }.sorted { $0.turn < $1.turn }
        return Dictionary(grouping: all, by: \.field).compactMapValues { facts in
            guard !facts[0].field.hasPrefix("consent.") else { return Self.consent(facts) }
            // Staff said it last; else a name is as it was told first.
            return facts.last { $0.isStaff }?.value ?? facts.first?.value
        }
    }

    /// A no stands until staff note that it is taken back.
    private static func consent(_ facts: [Told]) -> String? {
        facts.reduce(nil) { standing, fact in
            standing == "no" && fact.value == "yes" && !fact.isStaff ? "no" : fact.value
        }
    }

    /// What is allowed and refused, for each purpose by each means.
    private static func told(_ consents: Consents) -> [String: String] {
        let parts = [(consents.allowed, "yes"), (consents.refused, "no")].flatMap { scope, value in
            ConsentSaying(allowed: scope).told.keys.flatMap { ConsentSaying.parts(of: $0) }.map { ($0, value) }
        }
        return Dictionary(parts) { first, _ in first }
    }

    private mutating func tell(_ side: UID, _ field: String, _ value: String, isStaff: Bool = false) {
        told[side, default: []].append(Told(turn: turn, field: field, value: value, isStaff: isStaff))
    }

    /// The UID that a number was told of, where it is known.
    private func side(of phone: String) async throws -> UID? {
        try await office.spine.read { tx in
            try await tx.first("SELECT coalesce(origin, uid) AS side FROM identifiers WHERE value = \("+86" + phone)") {
                try $0["side"]
            }
        }
    }

    private func sideOfLastEnquiry() async throws -> UID {
        let side: UID? = try await office.spine.read { tx in
            try await tx.first("SELECT uid FROM tags_said ORDER BY id DESC LIMIT 1") { try $0["uid"] }
        }
        return try #require(side)
    }

    private mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &chance) }

    private mutating func one(in many: Int) -> Bool { below(many) == 0 }
}
