import TestSupport
import Testing

@testable import AMQP

@Suite("The watermark of acknowledgement")
struct AckWatermarkTests {
    @Test("in any order of deliveries and settlements it is the end of the contiguous settled run", arguments: 0..<50)
    func contiguous(seed: UInt64) {
        var random = Dice(seed)
        var watermark = AckWatermark(epoch: 3)
        var delivered: UInt64 = 0
        var settled: Set<UInt64> = []
        var last: UInt64 = 0
        for _ in 0..<1500 {
            if Bool.random(using: &random) {
                delivered += 1
                watermark.deliver(delivered)
            } else if delivered > 0 {
                let lowest = delivered > 40 ? delivered - 40 : 1
                let number = UInt64.random(
                    in: (Bool.random(using: &random) ? last + 1 : lowest)...(delivered + 1),
                    using: &random
                )
                watermark.settle(.init(epoch: 3, number: number))
                if number <= delivered { settled.insert(number) }
            }
            let before = last
            while settled.contains(last + 1) { last += 1 }
            #expect(watermark.advance() == (last > before ? last : nil))
            #expect(watermark.acknowledged == last)
            #expect(watermark.outstanding == Int(delivered - last))
        }
    }

    @Test("tags of another epoch, of no delivery and zero change nothing")
    func strangers() {
        var watermark = AckWatermark(epoch: 2)
        watermark.deliver(1)
        for tag in [Delivery.Tag(epoch: 1, number: 1), .init(epoch: 2, number: 0), .init(epoch: 2, number: 2)] {
            watermark.settle(tag)
        }
        watermark.settle(.init(epoch: 2, number: .max))
        #expect(watermark.advance() == nil)
        watermark.settle(.init(epoch: 2, number: 1))
        watermark.settle(.init(epoch: 2, number: 1))
        #expect(watermark.advance() == 1)
        #expect(watermark.advance() == nil)
    }
}
