import Contracts
import Failures
import Messaging
import Policies

/// Changes when the office is open, as a new version; clocks that run already keep their deadlines.
struct ChangeCalendar: Sendable {
    func callAsFunction(_ calendar: BusinessCalendar, from base: Int, note: String?, _ work: Work) async throws {
        try calendar.check()
        let store = BusinessCalendarStore(work.tx)
        try await store.lock()
        let present = try await store.current()
        guard base == present.version else {
            throw Rejection(
                .conflict,
                "policy-changed",
                "Somebody has changed the calendar meanwhile: version \(present.version) holds now.",
                field: "version"
            )
        }
        guard calendar != present.value else { return }
        let note = note?.cleaned(atMost: 500)
        try await store.add(
            .init(
                version: present.version + 1,
                calendar: calendar,
                changedBy: work.cause.actor,
                changedAt: work.now,
                note: note
            )
        )
        try await work.publish(
            CalendarChanged(
                version: present.version + 1,
                week: calendar.week.mapValues(Hours.text),
                holidays: calendar.holidays.sorted(),
                workdays: calendar.workdays.sorted(),
                note: note
            ),
            about: "calendar"
        )
    }
}
