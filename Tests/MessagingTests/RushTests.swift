import Testing

@testable import Messaging

@Suite("A rush")
struct RushTests {
    @Test("it begins when most of the last second went into what somebody waits for, and ends with a rest")
    func beginsAndEnds() async {
        let clock = DreamClock()
        let rush = Rush(by: clock)
        #expect(!rush.isOn)
        await rush.during { clock.pass(.milliseconds(1_000)) }
        #expect(!rush.isOn)
        await rush.during { clock.pass(.milliseconds(1_000)) }
        #expect(rush.isOn)
        clock.pass(.milliseconds(500))
        #expect(!rush.isOn)
    }

    @Test("many short turns are none, as long as there are rests between")
    func short() async {
        let clock = DreamClock()
        let rush = Rush(by: clock)
        for (work, rest, isRush) in [(50, 50, false), (90, 10, true), (20, 80, false)] {
            for _ in 0..<50 {
                await rush.during { clock.pass(.milliseconds(work)) }
                clock.pass(.milliseconds(rest))
            }
            #expect(rush.isOn == isRush, "\(work) of \(work + rest) ms")
        }
    }

    @Test("whoever makes way goes on when it is over")
    func over() async {
        let clock = DreamClock()
        let rush = Rush(by: clock)
        await rush.during { clock.pass(.seconds(10)) }
        let start = clock.now
        await rush.calm(afterATurnOf: .seconds(3_600))
        #expect(!rush.isOn)
        #expect((.milliseconds(300)...(.milliseconds(500))).contains(start.duration(to: clock.now)))
    }

    @Test("in one that does not end whoever makes way has a turn now and then all the same")
    func endless() async {
        let clock = DreamClock()
        let rush = Rush(by: clock)
        await rush.during {
            clock.pass(.seconds(10))
            let start = clock.now
            await rush.calm(afterATurnOf: .milliseconds(30))
            #expect(rush.isOn)
            #expect(start.duration(to: clock.now) == .milliseconds(600))
        }
    }

    @Test("a failure ends what somebody waited for")
    func failing() async {
        struct Away: Error {}
        let clock = DreamClock()
        let rush = Rush(by: clock)
        await #expect(throws: Away.self) {
            try await rush.during {
                clock.pass(.seconds(10))
                throw Away()
            }
        }
        clock.pass(.seconds(1))
        #expect(!rush.isOn)
    }
}
