import TestSupport
import Testing

@testable import AMQP

@Suite("The window of unconfirmed publishes")
struct ConfirmWindowTests {
    /// A broker's view of a channel, told in the simplest way there is.
    private struct Model {
        var open: [UInt64: Int] = [:]
        var returned: Set<Int> = []
        var outcomes: [Int: PublishOutcome] = [:]

        mutating func end(_ numbers: [UInt64], _ outcome: PublishOutcome) {
            for number in numbers {
                guard let ticket = open.removeValue(forKey: number) else { continue }
                outcomes[ticket] = returned.contains(ticket) ? .returned(code: 312, reason: "") : outcome
            }
        }
    }

    @Test("in any interleaving every publish ends exactly once, and as the broker said", arguments: 0..<50)
    func exactlyOnce(seed: UInt64) {
        var random = Dice(seed)
        var limit = Publisher.Window()
        (limit.messages, limit.bytes) = (20, 1000)
        var window = ConfirmWindow<Int>(limit: limit)
        var model = Model()
        var ended: [Int: PublishOutcome] = [:]
        func settle(_ ticket: Int, _ outcome: PublishOutcome) {
            #expect(ended[ticket] == nil, "ended twice")
            ended[ticket] = outcome
        }
        var tickets = 0
        for _ in 0..<1500 {
            let multiple = Bool.random(using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<60:
                let bytes = Int.random(in: 0...300, using: &random)
                guard window.admits(bytes: bytes) else { continue }
                let number = window.publish(messageID: "\(tickets)", bytes: bytes, ticket: tickets)
                #expect(model.open[number] == nil)
                model.open[number] = tickets
                tickets += 1
            case 60..<90:
                guard let number = model.open.keys.randomElement(using: &random) else { continue }
                let outcome: PublishOutcome =
                    Int.random(in: 0..<4, using: &random) == 0 ? .refused(reason: "") : .confirmed
                window.answer(number, multiple: multiple, with: outcome, settle: settle)
                model.end(multiple ? model.open.keys.filter { $0 <= number } : [number], outcome)
            case 90..<98:
                guard let ticket = model.open.values.randomElement(using: &random) else { continue }
                window.returned(messageID: "\(ticket)", code: 312, reason: "")
                model.returned.insert(ticket)
            case 98:
                window.answer(
                    .random(in: 0...10_000, using: &random) + 1_000_000,
                    multiple: multiple,
                    with: .confirmed,
                    settle: settle
                )
            default:
                window.close(reason: "", settle: settle)
                model.end(Array(model.open.keys), .lost(reason: ""))
            }
            #expect(window.messages == model.open.count)
            #expect(window.messages <= 20)
            #expect(window.messages <= 1 || window.bytes <= 1000)
        }
        window.close(reason: "", settle: settle)
        model.end(Array(model.open.keys), .lost(reason: ""))
        #expect(ended == model.outcomes)
        #expect(ended.count == tickets)
        #expect(window.messages == 0 && window.bytes == 0)
    }

    @Test("a message bigger than the window goes alone")
    func oversize() {
        var window = ConfirmWindow<Int>(limit: Publisher.Window())
        #expect(window.admits(bytes: 5 << 20))
        let number = window.publish(messageID: "a", bytes: 5 << 20, ticket: 1)
        #expect(!window.admits(bytes: 1))
        window.answer(number, multiple: false, with: .confirmed) { _, _ in }
        #expect(window.admits(bytes: 1))
    }

    @Test("of two publishes with one id the returns go to them in order")
    func sameID() {
        var window = ConfirmWindow<Int>(limit: Publisher.Window())
        var ended: [Int: PublishOutcome] = [:]
        let numbers = [1, 2].map { window.publish(messageID: "x", bytes: 1, ticket: $0) }
        window.returned(messageID: "x", code: 312, reason: "a")
        window.returned(messageID: "x", code: 312, reason: "b")
        window.returned(messageID: "unknown", code: 312, reason: "c")
        window.answer(numbers[1], multiple: true, with: .confirmed) { ended[$0] = $1 }
        #expect(ended == [1: .returned(code: 312, reason: "a"), 2: .returned(code: 312, reason: "b")])
    }
}
