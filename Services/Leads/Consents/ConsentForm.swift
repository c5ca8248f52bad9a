import Failures
import Foundation
import Web

extension HeardConsent {
    /// As it is filled in on the page of a person.
    ///
    /// Of an earlier day the stricter moment counts: a yes is from its beginning, a no until its end.
    init(_ form: Web.Form, _ zone: TimeZone, now: Date) throws {
        guard ["yes", "no"].contains(form["says"]) else {
            throw Rejection.invalid("says", "unknown-choice", "says is yes or no.")
        }
        let allows = form["says"] == "yes"
        try self.init(
            allows: allows,
            purposes: form.all("purposes"),
            means: form.all("means"),
            heardBy: form.optional("heardBy"),
            reason: form.optional("reason"),
            saidAt: try form.optional("saidOn").map { try HeardConsent.moment(of: $0, allows, zone, now) } ?? nil,
            words: form.optional("words")
        )
    }

    private static func moment(of text: String, _ allows: Bool, _ zone: TimeZone, _ now: Date) throws -> Date? {
        guard let day = Day(text) else {
            throw Rejection.invalid("saidOn", "not-a-day", "saidOn is a day such as 2026-03-31.")
        }
        let (start, end) = (start(of: day, zone), start(of: day.advanced(by: 1), zone))
        guard start <= now else {
            throw Rejection.invalid("saidOn", "in-the-future", "saidOn is not later than today.")
        }
        // Of today it is said now.
        return end > now ? nil : allows ? start : end
    }

    private static func start(of day: Day, _ zone: TimeZone) -> Date {
        let midnight = Date(timeIntervalSince1970: Double(day.number) * 86_400)
        return midnight.addingTimeInterval(-Double(zone.secondsFromGMT(for: midnight)))
    }
}
