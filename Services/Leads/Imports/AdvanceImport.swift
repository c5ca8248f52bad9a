import Contracts
import Foundation
import Messaging

/// Does the next part of an import that is under way: one transaction, which moves its place in the file as well.
///
/// So a process may die at any row: what was committed is not begun again, and what was not has never happened. Replicas that
/// look for work at once pass over an import that one of them has locked.
struct AdvanceImport: Sendable {
    let spine: Spine
    let accept: AcceptSubmissions
    let discard: DiscardLead
    let takeBack: TakeBackRows

    /// `refusing` notes rows as rejected without trying: the one that could not be stored.
    /// - Returns: the import as it is now; nil when none was under way.
    func callAsFunction(atMost limit: Int, refusing: Bool = false) async throws -> Import? {
        let advanced = try await spine.perform(Cause(actor: "system")) { work -> Import? in
            guard let file = try await ImportStore(work.tx).nextUnderWay() else { return nil }
            let cause = Cause.staff(file.orderedBy, correlationID: file.id.wire)
            let advanced = try await advance(file, atMost: limit, refusing, work.following(cause))
            try await ImportStore(work.tx).save(advanced)
            Failpoint.hit("import.before-commit")
            return advanced
        }
        if advanced != nil { Failpoint.hit("import.after-commit") }
        return advanced
    }

    private func advance(_ file: Import, atMost limit: Int, _ refusing: Bool, _ work: Work) async throws -> Import {
        if file.status == .undoing {
            return file.isWithdrawing
                ? try await withdraw(file, atMost: limit, work) : try await undo(file, atMost: limit, work)
        }
        let bytes = try await ImportFileStore(work.tx).bytes(of: file.id, from: file.position)
        let batch = ImportBatch(of: file, bytes, limit: limit, now: work.now)
        let isChecking = file.status == .checking
        let rows =
            refusing
            ? try await refuse(file, batch, work)
            : isChecking ? try await check(file, batch, work) : try await run(file, batch, work)
        var next = file
        next.position = batch.position
        next.row = batch.row
        for row in rows {
            if isChecking { next.forecast[row.verdict] += 1 } else { next.outcome[row.verdict] += 1 }
        }
        guard batch.isLast else { return next }
        if isChecking {
            try await ImportRowStore(work.tx).clearMarks(file.id)
            return next.moved(to: .checked, now: work.now)
        }
        return try await end(next, .done, work)
    }

    /// The dry run: nothing is locked or changed but what the import knows of itself.
    private func check(_ file: Import, _ batch: ImportBatch, _ work: Work) async throws -> [ImportRow] {
        let reader = SubmissionReader(channels: try await ChannelStore(work.tx).all(), now: work.now)
        let read = batch.items.map { (number: $0.number, submission: reader.judge($0.submission)) }
        let submissions = read.map(\.submission)
        let store = ImportForecastStore(work.tx)
        let salt = file.id.wire
        let known = try await LedgerStore(work.tx).known(Set(submissions.map(\.ledgerKey)))
        let identifiers = Set(submissions.flatMap { $0.enquiry?.identifiers ?? [] })
        var forecast = ImportForecast(
            .init(
                used: Set(known.filter(\.isEffective).map(\.key)),
                openLeads: try await store.openLeads(of: identifiers),
                marks: try await store.marks(Set(ImportForecast.marks(of: submissions, salt: salt)), of: file.id)
            )
        )
        for (number, submission) in read { forecast.take(submission, number: number, salt: salt) }
        try await store.add(forecast.newMarks, of: file.id)
        try await ImportRowStore(work.tx).forecast(forecast.rows, of: file.id)
        return forecast.rows
    }

    /// The rows go the way of every submission, and what the ledger says of them is noted.
    private func run(_ file: Import, _ batch: ImportBatch, _ work: Work) async throws -> [ImportRow] {
        guard !batch.items.isEmpty else { return [] }
        let receipts = try await accept(batch.items.map(\.submission), work)
        let outcomes = try await ImportForecastStore(work.tx).outcomes(of: receipts)
        let rows = zip(batch.items, receipts).map { item, receipt in
            let found = outcomes[receipt]
            // Whoever is a repetition of another submission has that one's receipt.
            let isRepeated = receipt != item.submission.received.id && found?.verdict != .rejected
            return ImportRow(
                number: item.number,
                verdict: isRepeated ? .duplicate : found?.verdict ?? .rejected,
                reason: found?.reason,
                field: found?.field,
                submissionID: receipt,
                leadID: found?.leadID
            )
        }
        try await ImportRowStore(work.tx).save(rows, of: file.id)
        return rows
    }

    private func refuse(_ file: Import, _ batch: ImportBatch, _ work: Work) async throws -> [ImportRow] {
        let rows = batch.items.map {
            ImportRow(number: $0.number, verdict: .rejected, reason: "unstorable-row", field: "row")
        }
        let store = ImportRowStore(work.tx)
        if file.status == .checking {
            try await store.forecast(rows, of: file.id)
        } else {
            try await store.save(rows, of: file.id)
        }
        return rows
    }

    /// Gives up what the import has made and nobody has worked on; the ledger stays.
    private func undo(_ file: Import, atMost limit: Int, _ work: Work) async throws -> Import {
        // First, since of two who were joined one lead waits behind the other.
        if try await takeBack.part(file, work) { return file }
        let rows = ImportRowStore(work.tx)
        let made = try await rows.made(by: file.id, after: file.row, limit: limit)
        let locked = try await LeadStore(work.tx).locked(made.map(\.lead).sorted())
        let leads = Dictionary(locked.map { ($0.id, $0) }) { first, _ in first }
        let byHand = try await ImportForecastStore(work.tx).givenByHand(made.map(\.lead))
        let joins = try await rows.joins(of: made.map(\.lead), in: file.id)
        let verdicts = made.compactMap { row in
            leads[row.lead].map { lead in
                let verdict = UndoVerdict(lead, joins: joins[lead.id] ?? 0, wasGivenByHand: byHand.contains(lead.id))
                return (number: row.number, verdict: verdict)
            }
        }
        let untouched = Set(verdicts.filter { $0.verdict == .discarded }.map(\.number))
        let unwanted = made.filter { untouched.contains($0.number) }.compactMap { leads[$0.lead] }
        try await discard(unwanted, .importUndone, note: file.name, work)
        try await rows.note(verdicts, of: file.id)
        var next = file
        next.row = made.last?.number ?? file.row
        next.undone.discarded += unwanted.count
        next.undone.left += verdicts.count - unwanted.count
        if made.count < limit { (next.row, next.isWithdrawing) = (0, true) }
        return next
    }

    /// Then takes back what its rows said, of people who were known before as well.
    private func withdraw(_ file: Import, atMost limit: Int, _ work: Work) async throws -> Import {
        var next = file
        let taken = try await takeBack(file, atMost: limit, work)
        next.undone.people = (file.undone.people ?? 0) + taken.people
        guard let last = taken.last else { return try await end(next, .undone, work) }
        next.row = last
        return next
    }

    private func end(_ file: Import, _ status: Import.Status, _ work: Work) async throws -> Import {
        try await work.publish(ImportEnded(file, status), about: file.id.wire)
        return file.moved(to: status, now: work.now)
    }
}

extension UndoVerdict {
    /// What an undo does with a lead that the import has made.
    ///
    /// `joins`: how many of its own rows have joined the lead.
    init(_ lead: Lead, joins: Int, wasGivenByHand: Bool) {
        if !lead.status.isOpen {
            self = .closed
        } else if lead.status != .open || lead.attempts > 0 || lead.contactedAt != nil {
            self = .spokenWith
        } else if lead.touches > 1 + joins {
            self = .enquiredAgain
        } else {
            self = wasGivenByHand ? .givenByHand : .discarded
        }
    }
}

extension ImportEnded {
    init(_ file: Import, _ status: Import.Status) {
        self.init(
            importID: ImportID(file.id),
            staffID: file.orderedBy,
            name: file.name,
            outcome: status.rawValue,
            new: file.outcome.new,
            joined: file.outcome.joined,
            duplicates: file.outcome.duplicate,
            rejected: file.outcome.rejected,
            discarded: file.undone.discarded,
            left: file.undone.left
        )
    }
}
