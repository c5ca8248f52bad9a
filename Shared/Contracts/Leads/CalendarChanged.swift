/// When the office is open was changed.
public struct CalendarChanged: Contract {
    public static let name: MessageName = "leads.calendar.changed.v1"
    public static let summary = "The hours by which first-response clocks may go were changed."

    /// The version that holds from now on.
    public var version: Int
    /// By weekday, `1` for Monday: `09:00-12:00, 13:00-18:00`; a day that is missing is closed.
    public var week: [String: String]
    /// Days that are closed, as `2026-10-01`.
    public var holidays: [String]
    /// Days that are worked as a Monday is although they are none.
    public var workdays: [String]
    public var note: String?

    public init(version: Int, week: [String: String], holidays: [String], workdays: [String], note: String? = nil) {
        self.version = version
        self.week = week
        self.holidays = holidays
        self.workdays = workdays
        self.note = note
    }

    public static var example: CalendarChanged {
        CalendarChanged(
            version: 2,
            week: ["1": "09:00-12:00, 13:00-18:00"],
            holidays: ["2026-10-01"],
            workdays: ["2026-10-10"],
            note: "国庆"
        )
    }
}
