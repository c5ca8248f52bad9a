import Synchronization
import Testing

@testable import Messaging

@Suite("Turns")
struct TurnsTests {
    @Test("the first turn is at once, and what comes until the next may begin is done together")
    func gathers() async {
        let waiting = Mutex([1])
        let clock = DreamClock { waiting.withLock { $0 += [2, 3, 4] } }
        var turns = Turns(apart: .milliseconds(100), by: clock)
        var done: [[Int]] = []
        for _ in 0..<2 {
            await turns.next()
            done.append(
                waiting.withLock { waiting in
                    defer { waiting = [] }
                    return waiting
                }
            )
        }
        #expect(done == [[1], [2, 3, 4]])
        #expect(clock.sleeps == [.milliseconds(100)])
    }

    @Test("what a turn itself takes counts, and after a rest nobody waits")
    func counted() async {
        let clock = DreamClock()
        var turns = Turns(apart: .milliseconds(100), by: clock)
        for work in [30, 100, 250, 0] {
            await turns.next()
            clock.pass(.milliseconds(work))
        }
        await turns.next()
        #expect(clock.sleeps == [.milliseconds(70), .zero, .zero, .milliseconds(100)])
    }

    @Test("what people wait for has no turns")
    func prompt() async {
        let clock = DreamClock()
        var turns = Turns(apart: .zero, by: clock)
        for _ in 0..<3 { await turns.next() }
        #expect(clock.sleeps == [])
    }
}
