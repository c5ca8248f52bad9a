import Contracts
import Foundation
import Messaging
import Outbound
import Synchronization
import TestSupport
import Testing

@testable import Notify

@Suite("who goes before whom")
struct LaneTests {
    @Test("the database finds each message in the lane that it belongs to, and in no other")
    func lanes() async throws {
        try await Stage.open { stage in
            try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
            try await stage.hears(stage.assigned, about: stage.lead, uid: stage.uid, sequence: 2)
            try await stage.hears(stage.opened, about: "case", uid: stage.uid)
            var due = NurtureDue.example
            due.uid = stage.uid
            try await stage.hears(due, about: stage.uid, uid: stage.uid)
            var piece = AudienceReady.example
            piece.people = [stage.uid]
            try await stage.hears(piece, about: piece.audienceID)
            let waiting = try await stage.messages().filter { $0.state == .queued }
            #expect(
                Set(waiting.map(\.lane))
                    == Set(Sending.Lane.Name.all).subtracting([.init(channel: .email, rank: .answer)])
            )
            for lane in Sending.Lane.Name.all {
                let now = Date().addingTimeInterval(60)
                let found = try await stage.spine.perform(Cause(actor: "test")) { work in
                    try await MessageStore(work.tx).lockDue(lane, at: now, limit: 100)
                }
                #expect(Set(found.map(\.id)) == Set(waiting.filter { $0.lane == lane }.map(\.id)), "\(lane)")
                let next = try await stage.spine.read { try await MessageStore($0).nextDue(lane) }
                #expect((next == nil) == found.isEmpty, "\(lane)")
            }
        }
    }

    /// A gateway that takes a moment for each and remembers in which order they came.
    private final class SlowGateway: Carrier {
        let taken = Mutex<[String]>([])

        func carry(_ message: Message, attempt: Int, to address: String) async -> Outcome {
            taken.withLock { $0.append(message.template) }
            try? await Task.sleep(for: .milliseconds(5))
            return .accepted(Reply(code: 202, text: ""))
        }

        func close() async {}
    }

    @Test("a customer's own text goes before a thousand that were held over the night and are due at once")
    func morning() async throws {
        try await Stage.open(marketing: .quietNow) { stage in
            let people = (0..<1_000).map { _ in UID.new() }
            try await stage.knows(people)
            for start in [0, 500] {
                var piece = AudienceReady.example
                (piece.people, piece.piece) = (Array(people[start..<start + 500]), start / 500 + 1)
                try await stage.hears(piece, about: piece.audienceID)
            }
            try await stage.spine.advanceClock(bySeconds: 7_200)
            let gateway = SlowGateway()
            let sending = stage.sending(over: Sending.Lane.Rank.allCases.map { .sms($0, gateway) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await sending.run() }
                try await eventually("the morning has begun") { gateway.taken.withLock { $0.count >= 20 } }
                try await stage.hears(stage.received, about: stage.lead, uid: stage.uid)
                let before = gateway.taken.withLock { $0.count }
                try await eventually("the customer has their text") {
                    gateway.taken.withLock { $0.contains("lead-acknowledged") }
                }
                let place = try #require(gateway.taken.withLock { $0.firstIndex(of: "lead-acknowledged") })
                // What was being claimed in the same moment may have been quicker, a lane's width or a few.
                #expect(place - before < 60, "it is number \(place), written at \(before)")
                group.cancelAll()
            }
            #expect(try await stage.messages().count { $0.isMarketing && $0.state == .queued } > 800)
        }
    }
}

extension Stage {
    /// Leads has told of these people, who allow text messages.
    func knows(_ people: [UID]) async throws {
        try await spine.perform(Cause(actor: "test")) { work in
            let cards = people.enumerated().map { number, uid in
                let card = PersonCard(phones: ["+86139\(String(format: "%08d", number))"], language: "zh")
                let event = PersonIdentified(uid: uid, person: card, consent: Consent(sms: true), isNew: true)
                return (person: event, sequence: Int64(1))
            }
            try await RecipientStore(work.tx).save(cards)
        }
    }
}
