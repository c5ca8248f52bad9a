/// A file of leads has come to its end: run through, cancelled or undone.
public struct ImportEnded: Contract {
    public static let name: MessageName = "leads.import.ended.v1"
    public static let summary = "A file of leads was run through, cancelled or undone, and how many rows came to what."

    public var importID: ImportID
    /// Who gave the order.
    public var staffID: StaffID
    /// What the file was called.
    public var name: String
    /// `done`, `cancelled` or `undone`.
    public var outcome: String
    /// Rows that became new leads.
    public var new: Int
    /// Rows that went into leads that were open.
    public var joined: Int
    public var duplicates: Int
    public var rejected: Int
    /// Of an undo: leads that were given up.
    public var discarded: Int
    /// Of an undo: leads that were left, since somebody had worked on them.
    public var left: Int

    public init(
        importID: ImportID,
        staffID: StaffID,
        name: String,
        outcome: String,
        new: Int,
        joined: Int,
        duplicates: Int,
        rejected: Int,
        discarded: Int,
        left: Int
    ) {
        self.importID = importID
        self.staffID = staffID
        self.name = name
        self.outcome = outcome
        self.new = new
        self.joined = joined
        self.duplicates = duplicates
        self.rejected = rejected
        self.discarded = discarded
        self.left = left
    }

    public static var example: ImportEnded {
        ImportEnded(
            importID: Sample.imported,
            staffID: Sample.manager,
            name: "车展.csv",
            outcome: "done",
            new: 812,
            joined: 44,
            duplicates: 9,
            rejected: 3,
            discarded: 0,
            left: 0
        )
    }
}
