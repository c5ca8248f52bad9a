/// The hours of a day at which people are left alone.
struct QuietHours: Sendable, Equatable {
    struct Time: Sendable, Equatable, Comparable {
        let hour: Int
        let minute: Int

        init(hour: Int, minute: Int) {
            self.hour = hour
            self.minute = minute
        }

        /// After midnight.
        init(minutes: Int) { self.init(hour: minutes / 60, minute: minutes % 60) }

        static func < (one: Time, other: Time) -> Bool { (one.hour, one.minute) < (other.hour, other.minute) }
    }

    let from: Time
    let until: Time

    func contains(_ time: Time) -> Bool {
        from < until ? from <= time && time < until : from <= time || time < until
    }
}
