import Web

/// What every service measures of its spine, its broker connections and its database.
///
/// `docs/metrics.md` says what to make of each.
enum SpineMetrics {
    static let all: [MetricDescription] =
        MetricDescription.ofWeb + outbox + inbox + timers + broker + database + traces

    private static let outbox: [MetricDescription] = [
        .counter("events_total", "Events that were journalled, by name."),
        .gauge("outbox_depth", "Events that the broker has not confirmed."),
        .gauge("outbox_oldest_seconds", "Age of the oldest event that the broker has not confirmed, in seconds."),
        .gauge("outbox_unroutable", "Events in the outbox that the broker gave back."),
        .counter("outbox_unroutable_total", "How often the broker gave an event back."),
        .gauge("relay_leads", "1 while the relay of this replica publishes, 0 while it stands by."),
    ]

    private static let inbox: [MetricDescription] = [
        .counter("events_received_total", "Events of other services that were handled, by name."),
        .counter("inbox_duplicates_total", "Messages that came again and were dropped."),
        .histogram("handler_seconds", "Time to handle one batch, in seconds."),
        .histogram("batch_size", "Messages in one batch."),
        .gauge("retry_depth", "Messages that failed and wait to be tried again, and those that wait behind them."),
        .gauge("dead_letters_waiting", "Dead letters that nobody has settled."),
        .counter("dead_letter_total", "Messages that became dead letters, by reason."),
    ]

    private static let timers: [MetricDescription] = [
        .gauge("timers_pending", "Timers that are set; an estimate when they are many."),
        .gauge("timer_lag_seconds", "How long the timer that is overdue most has been due, in seconds."),
        .histogram("timer_late_seconds", "How late timers fired, in seconds."),
        .counter("timer_failures_total", "Timers whose handler failed and that will be tried again, by kind."),
    ]

    private static let broker: [MetricDescription] = [
        .counter("reconnects_total", "Connections to the broker that were lost and built anew."),
        .counter("returned_total", "Publishes that the broker gave back as unroutable."),
        .counter("nacked_total", "Publishes that the broker refused."),
        .counter("blocked_seconds_total", "Time that the broker blocked publishing, in seconds."),
        .histogram("confirm_seconds", "Time from a publish to the broker's confirm, in seconds."),
    ]

    private static let traces: [MetricDescription] = [
        .counter("spans_exported_total", "Spans that the trace collector has taken."),
        .counter("spans_dropped_total", "Spans that were dropped, by reason."),
    ]

    private static let database: [MetricDescription] = [
        .gauge("postgres_pool_in_use", "Database connections in use."),
        .gauge("postgres_pool_waiting", "Callers that wait for a database connection."),
        .histogram("postgres_acquire_seconds", "Time to get a database connection, in seconds."),
    ]
}
