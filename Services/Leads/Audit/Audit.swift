public import ArgumentParser
import Boot

/// `leads audit`: exit status 0 only when the conservation law holds.
public struct Audit: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Prove that every submission came to exactly one end, or name what is missing.",
        discussion: "Exit status 0: the law holds. 1: it does not, and the lines say which rows break it."
    )

    public init() {}

    public func run() async throws {
        let report = try await withService(LeadsService.self) { service, _ in try await service.app.auditLedger() }
        print(report.text)
        if !report.holds { throw ExitCode.failure }
    }
}

extension AuditReport {
    /// The report for a terminal.
    var text: String {
        var lines = ["submissions: \(submissions)"]
        for (outcome, rows) in byOutcome.sorted(by: { $0.key < $1.key }) { lines.append("  \(outcome): \(rows)") }
        lines += ["leads: \(leads)", "events not yet confirmed by the broker: \(unsent)"]
        for receiver in receivers { lines.append(receiver.text) }
        for chain in chains { lines.append("chain of \(chain.channel): \(chain.rows) rows, ends with \(chain.link)") }
        for breach in breaches {
            lines.append("BROKEN \(breach.law) (\(breach.count)): \(breach.sentence)")
            lines += breach.ids.map { "  \($0)" }
        }
        lines.append(holds ? "the conservation law holds" : "the conservation law is broken")
        return lines.joined(separator: "\n")
    }
}

extension AuditReport.Receiver {
    /// The receiver on one line of a terminal.
    fileprivate var text: String {
        var text = "\(service) has received \(received)"
        if waiting > 0 { text += ", \(waiting) of them wait to be tried again" }
        if dead > 0 { text += ", \(dead) of them are dead letters" }
        if notYetReported > 0 { text += "; not yet reported: \(notYetReported) minutes" }
        if strangers > 0 { text += "; \(strangers) in our name that we did not tell" }
        return text
    }
}
