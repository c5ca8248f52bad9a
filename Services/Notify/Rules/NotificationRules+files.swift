import Contracts

extension NotificationRules {
    /// Whoever ordered an import learns how it ended: it may take longer than anybody looks at it.
    static let importEnded = NotificationRule<ImportEnded>("import-ended") { file in
        [
            .work(
                for: .staff(file.staffID),
                file.outcome == "undone" ? "import-undone" : "import-ended",
                by: [.inApp],
                link: "/leads/imports/\(file.importID)",
                file.outcome == "undone"
                    ? ["file": .text(file.name), "discarded": .count(file.discarded), "left": .count(file.left)]
                    : [
                        "file": .text(file.name), "new": .count(file.new), "joined": .count(file.joined),
                        "duplicates": .count(file.duplicates), "rejected": .count(file.rejected),
                    ]
            )
        ]
    }

    /// Whoever leads somebody learns that they took a list with everybody's numbers with them.
    static let leadsExported = NotificationRule<LeadsExported>("leads-exported") { file in
        guard file.isUnmasked else { return [] }
        return [
            .work(
                for: .managerOf(file.staffID),
                "leads-exported",
                by: [.inApp],
                link: "/leads/exports",
                ["rows": .count(file.rows), "reason": .text(file.reason ?? "–")],
                names: ["who": file.staffID]
            )
        ]
    }
}
