import Contracts
import Foundation
import Messaging
import Postgres
import TestSupport
import Testing
import Web

@testable import Sales

@Suite struct TimelineTests {
    @Test("events that come out of order and twice stand once each, in the order in which they happened")
    func order() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let start = agency.spine.clock.now.addingTimeInterval(3_600)
            var closed = CaseClosed.example
            closed.uid = uid
            var opened = CaseOpened.example
            opened.uid = uid
            let ids = [UUID.v7(), UUID.v7()]
            for _ in 0..<2 {
                try await agency.spine.deliver(
                    closed,
                    about: closed.caseID,
                    uid: uid,
                    id: ids[1],
                    at: start.addingTimeInterval(60),
                    to: agency.app.subscriptions
                )
                try await agency.spine.deliver(
                    opened,
                    about: opened.caseID,
                    uid: uid,
                    id: ids[0],
                    at: start,
                    to: agency.app.subscriptions
                )
            }
            let timeline = try await agency.app.readTimeline(uid, by: try agency.access("agent"))
            #expect(
                timeline.entries.map(\.event.name) == [
                    LeadReceived.name, LeadAssigned.name, CaseOpened.name, CaseClosed.name,
                ]
            )
            #expect(timeline.entries.suffix(2).map(\.event.eventID) == ids.map(\.wire))
            #expect(timeline.entries[2].event.why == CaseOpened.example.why)
        }
    }

    @Test("what a customer wrote is told by itself and in their words, unless they were forgotten before it came")
    func answers() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            for (template, words) in [("nurture-greeting", "周六可以"), (nil, "你们几点上班")] {
                var answer = MessageAnswered.example
                (answer.answerID, answer.uid, answer.template, answer.text) = (.new(), uid, template, words)
                try await agency.spine.deliver(answer, about: answer.answerID, uid: uid, to: agency.app.subscriptions)
            }
            var lead = LeadAnswered.example
            lead.uid = uid
            try await agency.spine.deliver(lead, about: lead.leadID, uid: uid, to: agency.app.subscriptions)
            let timeline = try await agency.app.readTimeline(uid, by: try agency.access("agent"))
            let told = TimelineWords.told(timeline.entries.map(\.event)).filter { $0.name == MessageAnswered.name }
            let pages = try Pages(service: "sales", folder: SalesResources.pages)
            let words = TimelineWords(viewer: pages.viewer(.english), names: [:])
            #expect(told.map { words.detail($0) } == ["周六可以", "你们几点上班"])
            #expect(told.map { words.heading($0) }.last == "Wrote to us by SMS")
            #expect(told.allSatisfy { words.actor($0) == nil && words.why($0) != nil })
            #expect(told.allSatisfy { words.dated($0).foldKey == nil }, "none of them is folded away")
            #expect(timeline.entries.allSatisfy { $0.event.name != LeadAnswered.name }, "it is told already")

            let event = PersonErased(uid: uid, uids: [uid], leadIDs: [], reason: "request")
            try await agency.spine.deliver(event, about: uid, uid: uid, to: agency.app.subscriptions)
            var late = MessageAnswered.example
            (late.answerID, late.uid, late.text) = (.new(), uid, "慕容复又写")
            try await agency.spine.deliver(late, about: late.answerID, uid: uid, to: agency.app.subscriptions)
            for text in ["慕容复又写", "周六可以"] { #expect(try await agency.spine.places(of: text) == [], "\(text)") }
            #expect(try await agency.spine.unsettled() == (0, 0))
        }
    }

    @Test("own events stand in the timeline in the transaction that tells of them")
    func own() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            let deal = try await agency.deal(with: uid, by: "agent")
            _ = try await agency.acts("agent") {
                try await agency.app.moveDeal(deal.id, to: "need-confirmed", by: $0, $1)
            }
            let timeline = try await agency.app.readTimeline(uid, by: try agency.access("agent"))
            #expect(timeline.entries.suffix(2).map(\.event.name) == [DealOpened.name, DealStageChanged.name])
            #expect(timeline.entries.last?.event.actor == "staff:\(try agency.member("agent").id)")
        }
    }

    @Test("a notice to a member of staff is not in the customer's timeline, a message to the customer is")
    func notices() async throws {
        try await Agency.open { agency in
            let uid = try await agency.customer(of: "agent")
            var toStaff = MessageQueued.example
            toStaff.uid = nil
            toStaff.staffID = try agency.member("agent").id
            var toCustomer = MessageDelivered.example
            toCustomer.uid = uid
            try await agency.spine.deliver(toStaff, about: toStaff.messageID, uid: uid, to: agency.app.subscriptions)
            try await agency.spine.deliver(
                toCustomer,
                about: toCustomer.messageID,
                uid: uid,
                to: agency.app.subscriptions
            )
            let timeline = try await agency.app.readTimeline(uid, by: try agency.access("agent"))
            #expect(timeline.entries.map(\.event.name).filter { $0.service == "notify" } == [MessageDelivered.name])
        }
    }

    @Test("numbers and addresses do not get into the timeline")
    func personal() async throws {
        try await Agency.open { agency in
            try await agency.customer(of: "agent")
            let stored: [String] = try await agency.spine.read { tx in
                try await tx.all("SELECT inputs::text AS inputs FROM timeline") { try $0["inputs"] }
            }
            #expect(!stored.isEmpty)
            #expect(!stored.contains { $0.contains("13812345678") })
        }
    }

    @Test("every event that a timeline may hold has words in both languages", arguments: [Language.english, .chinese])
    func words(language: Language) throws {
        let pages = try Pages(service: "sales", folder: SalesResources.pages)
        let words = TimelineWords(viewer: pages.viewer(language), names: [:])
        for contract in Registry.contracts where TimelineProjection.names.contains(contract.name) {
            let text = words.text(try sample(contract))
            #expect(!text.contains("⟦"), "\(contract.name): \(text)")
            #expect(text != contract.name.routingKey, "\(contract.name) has no words")
        }
    }

    private func sample<Message: Contract>(_ contract: Message.Type) throws -> TimelineEvent {
        let data = try Wire.encoder.encode(contract.example)
        return TimelineEvent(
            eventID: "1",
            name: contract.name,
            subject: "1",
            occurredAt: .now,
            actor: "channel:douyin",
            inputs: try Wire.decoder.decode(TimelineInputs.self, from: data),
            why: nil
        )
    }
}
