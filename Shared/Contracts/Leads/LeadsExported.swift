/// Somebody has taken a list of leads out of the console as a file.
public struct LeadsExported: Contract {
    public static let name: MessageName = "leads.lead.exported.v1"
    public static let summary = "Somebody has taken a list of leads out of the console as a file."

    public var exportID: ExportID
    /// Who took it.
    public var staffID: StaffID
    /// What the list was narrowed to, by name; of a search only that there was one.
    public var filter: [String: String]
    public var rows: Int
    /// Whether the numbers and addresses of people are in it in full.
    public var isUnmasked: Bool
    /// What they gave as the reason for that.
    public var reason: String?

    public init(
        exportID: ExportID,
        staffID: StaffID,
        filter: [String: String],
        rows: Int,
        isUnmasked: Bool,
        reason: String? = nil
    ) {
        self.exportID = exportID
        self.staffID = staffID
        self.filter = filter
        self.rows = rows
        self.isUnmasked = isUnmasked
        self.reason = reason
    }

    public static var example: LeadsExported {
        LeadsExported(
            exportID: Sample.export,
            staffID: Sample.manager,
            filter: ["status": "open", "grade": "A"],
            rows: 312,
            isUnmasked: true,
            reason: "周末电话邀约"
        )
    }
}
