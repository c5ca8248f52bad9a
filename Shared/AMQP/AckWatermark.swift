/// What of one channel's deliveries is settled, and up to which tag all of it is.
///
/// Deliveries are settled in any order, but `basic.ack` with `multiple` acknowledges everything up to its tag. So only
/// the end of the contiguous settled run may be acknowledged.
struct AckWatermark {
    let epoch: UInt64
    /// Everything up to this tag has been handed out for acknowledgement.
    private(set) var acknowledged: UInt64 = 0
    /// One flag for each delivery from tag `acknowledged + 1` on; those before `head` are no longer needed.
    private var settled: [Bool] = []
    private var head = 0

    init(epoch: UInt64) { self.epoch = epoch }

    /// Deliveries that are not covered by the watermark yet.
    var outstanding: Int { settled.count - head }

    /// Takes note of a delivery.
    ///
    /// The broker numbers them from 1 without gaps.
    mutating func deliver(_ number: UInt64) {
        while acknowledged + UInt64(outstanding) < number { settled.append(false) }
    }

    /// Settles a delivery.
    ///
    /// Tags of another epoch, of no delivery, or settled before are ignored.
    mutating func settle(_ tag: Delivery.Tag) {
        guard tag.epoch == epoch, tag.number > acknowledged else { return }
        let offset = tag.number - acknowledged - 1
        guard offset < UInt64(outstanding) else { return }
        settled[head + Int(offset)] = true
    }

    /// The new watermark, if it has moved since the last call.
    mutating func advance() -> UInt64? {
        let before = head
        while head < settled.count, settled[head] { head += 1 }
        guard head > before else { return nil }
        acknowledged += UInt64(head - before)
        if head >= 1024, head * 2 >= settled.count {
            settled.removeFirst(head)
            head = 0
        }
        return acknowledged
    }
}
