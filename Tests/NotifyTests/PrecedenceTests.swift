import Foundation
import Testing

@testable import Notify

@Suite("Those whose clock runs go first")
struct PrecedenceTests {
    @Test(
        "what can wait does so ten times as long as texts to staff are late, the longer the later they are, two seconds at most",
        arguments: [(0, 0), (15, 0), (16, 10), (20, 50), (30, 450), (65, 2_000), (60_000, 2_000)]
    )
    func pause(_ waited: Int, _ pause: Int) {
        let precedence = Precedence()
        let then = ContinuousClock.now
        precedence.waited(.milliseconds(waited), .first, now: then)
        #expect(precedence.pause(before: .middle, now: then) == .milliseconds(pause))
        #expect(precedence.pause(before: .last, now: then) == .milliseconds(pause))
        #expect(precedence.pause(before: .first, now: then) == .zero)
    }

    @Test(
        "marketing waits for what customers wait for too, from a tenth of a second on; nobody waits for marketing",
        arguments: [(0, 0), (100, 0), (110, 200), (60_000, 2_000)]
    )
    func marketing(_ waited: Int, _ pause: Int) {
        let precedence = Precedence()
        let then = ContinuousClock.now
        precedence.waited(.milliseconds(waited), .middle, now: then)
        precedence.waited(.seconds(60), .last, now: then)
        #expect(precedence.pause(before: .last, now: then) == .milliseconds(pause))
        #expect(precedence.pause(before: .middle, now: then) == .zero)
        #expect(precedence.pause(before: .first, now: then) == .zero)
        precedence.waited(.milliseconds(40), .first, now: then)
        #expect(precedence.pause(before: .last, now: then) == .milliseconds(max(pause, 1_250)))
    }

    @Test("nobody pauses before anything was heard of texts to staff, nor when it was long ago")
    func validity() {
        let precedence = Precedence()
        #expect(precedence.pause(before: .last) == .zero)
        let then = ContinuousClock.now
        precedence.waited(.seconds(3), .first, now: then)
        #expect(precedence.pause(before: .middle, now: then + .milliseconds(999)) == Precedence.longest)
        #expect(precedence.pause(before: .middle, now: then + .seconds(1)) == .zero)
    }

    @Test("texts to staff are first, marketing is last by every means, all else is between them")
    func places() {
        let all = Sending.Lane.Name.all
        #expect(all.count == 6)
        #expect(all.filter { $0.precedence == .first } == [.init(channel: .sms, rank: .work)])
        #expect(all.filter { $0.precedence == .last }.map(\.rank) == [.marketing, .marketing])
    }

    @Test("links in a mail lead somewhere, wherever they stand")
    func links() {
        let line = MailServer.linked("请回电：https://a.cn/s/1 or http://b.cn/2?x=1&amp;y=2 .")
        #expect(
            line == #"请回电：<a href="https://a.cn/s/1">https://a.cn/s/1</a>"#
                + #" or <a href="http://b.cn/2?x=1&amp;y=2">http://b.cn/2?x=1&amp;y=2</a> ."#
        )
        #expect(MailServer.linked("http://c.cn") == #"<a href="http://c.cn">http://c.cn</a>"#)
        #expect(MailServer.linked("no address") == "no address")
    }

    @Test("a text travels in an address byte by byte")
    func escaped() {
        #expect(SMSGateway.escaped("a-Z_0.~ &=%王\n") == "a-Z_0.~%20%26%3D%25%E7%8E%8B%0A")
    }
}
