import TestSupport
import Testing

@testable import AMQP

@Suite("The delay before connecting again")
struct BackoffTests {
    @Test("it doubles from 0.2 to 30 seconds, with full jitter below that")
    func ceilings() {
        var backoff = Backoff()
        var random = Dice(1)
        var ceilings: [Double] = []
        for _ in 0..<10 {
            let ceiling = backoff.ceiling
            ceilings.append(ceiling)
            let delay = backoff.next(using: &random)
            #expect(delay >= .zero && delay <= .seconds(ceiling))
        }
        #expect(ceilings == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
    }

    @Test("a connection that lasted a minute starts it over, a shorter one does not")
    func reset() {
        var backoff = Backoff()
        var random = Dice(1)
        for _ in 0..<5 { _ = backoff.next(using: &random) }
        backoff.connectionLasted(.seconds(59))
        #expect(backoff.attempts == 5)
        backoff.connectionLasted(.seconds(60))
        #expect(backoff.attempts == 0)
    }
}
