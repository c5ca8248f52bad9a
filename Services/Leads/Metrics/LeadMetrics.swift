import Boot
import Contracts
import Foundation
import Messaging
import Metrics
import Web

/// What Leads tells of its business.
///
/// `docs/metrics.md` says what to make of each.
enum LeadMetrics {
    static let descriptions: [MetricDescription] = [
        .counter("intake_submissions_total", "Submissions by channel and by what became of them."),
        .counter(
            "intake_signature_failures_total",
            "Posts to a channel's hook whose sender did not prove to be the platform."
        ),
        .counter(
            "intake_hook_throttled_total",
            "Posts to a channel's hook without a signature that were refused since too many had come."
        ),
        .gauge(
            "leads_fetches_waiting",
            "Leads that a platform has named, still to be fetched, by channel."
        ),
        .gauge("leads_fetch_oldest_seconds", "How long the oldest of those has waited, by channel, in seconds."),
        .counter("leads_fetch_faults_total", "Attempts to fetch a lead that came to nothing, by channel and fault."),
        .counter("leads_fetches_given_up_total", "Leads that could not be fetched and were given up, by channel."),
        .histogram(
            "leads_first_response_seconds",
            "From a lead's arrival until somebody spoke with the person, by grade, in seconds.",
            buckets: MetricDescription.humanSeconds
        ),
        .counter("leads_response_overdue_total", "Steps that the clock of the first response took, by grade and step."),
        .gauge("leads_unanswered", "Open leads whose person nobody has spoken with."),
        .gauge("leads_overdue", "Of those, how many are past their deadline."),
        .gauge("leads_pooled", "Of those, how many have no owner."),
        .gauge("leads_conservation_violations", "Rows that break the conservation law, by law, at the last audit."),
        .gauge("leads_conservation_checked_timestamp_seconds", "When the last audit ended, in seconds since 1970."),
        .histogram("leads_audit_seconds", "Time that an audit took, in seconds."),
    ]

    /// What may become of a submission.
    private static let outcomes = ["accepted", "merged", "duplicate", "rejected", "repeated"]

    /// Makes the counters, so that the first of each is a rise from 0 and not a beginning.
    static func begin(channels: [String]) {
        for channel in channels {
            for outcome in outcomes { count(0, from: channel, as: outcome) }
            signatureFailed(channel, by: 0)
            throttled(channel, by: 0)
        }
        for grade in Grade.allCases {
            for step in ["remind", "reassign", "manager"] { overdue(grade, step: step, by: 0) }
        }
    }

    /// So many submissions of a channel came to that.
    static func count(_ count: Int, from channel: String, as outcome: String) {
        Counter(label: "intake_submissions_total", dimensions: [("channel", channel), ("outcome", outcome)])
            .increment(by: count)
    }

    /// Somebody who did not prove to be the platform posted to a channel's hook.
    static func signatureFailed(_ channel: String, by count: Int = 1) {
        Counter(label: "intake_signature_failures_total", dimensions: [("channel", channel)]).increment(by: count)
    }

    /// Too much was posted to a channel's hook without a signature.
    static func throttled(_ channel: String, by count: Int = 1) {
        Counter(label: "intake_hook_throttled_total", dimensions: [("channel", channel)]).increment(by: count)
    }

    /// Somebody has spoken with the person.
    static func answered(_ grade: Grade, after seconds: Double) {
        Metrics.Timer(label: "leads_first_response_seconds", dimensions: [("grade", grade.rawValue)])
            .recordSeconds(seconds)
    }

    /// The clock of the first response took a step.
    static func overdue(_ grade: Grade, step: String, by count: Int = 1) {
        Counter(
            label: "leads_response_overdue_total",
            dimensions: [("grade", grade.rawValue), ("step", step)]
        ).increment(by: count)
    }

    /// A lead could not be had from its platform.
    static func fetchFailed(_ channel: String, _ fault: FetchFault, isGivenUp: Bool) {
        Counter(
            label: "leads_fetch_faults_total",
            dimensions: [("channel", channel), ("fault", fault.kind.rawValue)]
        ).increment()
        if isGivenUp { fetchesGivenUp(channel, by: 1) }
    }

    private static func fetchesGivenUp(_ channel: String, by count: Int) {
        Counter(label: "leads_fetches_given_up_total", dimensions: [("channel", channel)]).increment(by: count)
    }

    /// Counts the leads that nobody has answered, and those that are still to be fetched.
    static func measure(_ spine: Spine) async throws {
        let now = spine.clock.now
        for backlog in try await spine.read({ try await FetchStore($0).backlog() }) {
            let dimensions = [("channel", backlog.channel)]
            Gauge(label: "leads_fetches_waiting", dimensions: dimensions).record(backlog.waiting)
            Gauge(label: "leads_fetch_oldest_seconds", dimensions: dimensions).record(backlog.age(at: now))
            fetchesGivenUp(backlog.channel, by: 0)
        }
        guard let counts = try await spine.read({ try await LeadCountStore($0).unanswered() }) else { return }
        Gauge(label: "leads_unanswered").record(counts.open)
        Gauge(label: "leads_overdue").record(counts.overdue)
        Gauge(label: "leads_pooled").record(counts.pooled)
    }
}
