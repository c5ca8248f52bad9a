import Contracts
import Failures
import Foundation
import Hummingbird
import Messaging
import Web

/// Sets a development system's clock forward: `POST /<service>/api/v1/dev/clock {"advance": "PT2H"}`.
struct ClockRoutes: Sendable {
    let spine: Spine

    struct Advance: Decodable {
        let advance: String
    }

    struct Answer: ResponseEncodable {
        let now: Date
        let offsetSeconds: Double
    }

    func add(to group: RouterGroup<WebContext>) {
        group.get("dev/clock") { _, _ in Answer(now: spine.clock.now, offsetSeconds: spine.clock.offset) }
        group.post("dev/clock") { request, context -> Answer in
            try context.requireRole(.admin)
            let wanted = try await request.decode(as: Advance.self, context: context)
            guard let seconds = ISODuration.seconds(in: wanted.advance) else {
                throw Rejection.invalid(
                    "advance",
                    "bad-duration",
                    "advance is an ISO 8601 duration such as PT2H, P3D or P3M."
                )
            }
            try await spine.advanceClock(bySeconds: seconds)
            return Answer(now: spine.clock.now, offsetSeconds: spine.clock.offset)
        }
    }
}

/// ISO 8601 durations, with a month as 31 days and a year as 366: to set a clock forward by at least as much.
enum ISODuration {
    static func seconds(in text: String) -> Double? {
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        let parts: [(Substring?, Double)] = [
            (match.output.1, 366 * 86_400), (match.output.2, 31 * 86_400), (match.output.3, 7 * 86_400),
            (match.output.4, 86_400), (match.output.5, 3_600), (match.output.6, 60), (match.output.7, 1),
        ]
        let total = parts.reduce(0) { $0 + ($1.0.flatMap { Double($0) } ?? 0) * $1.1 }
        return total > 0 ? total : nil
    }

    private static var pattern:
        Regex<(Substring, Substring?, Substring?, Substring?, Substring?, Substring?, Substring?, Substring?)>
    {
        /P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?/
    }
}
