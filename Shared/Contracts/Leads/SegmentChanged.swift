/// Somebody changed what a segment asks of people, or removed it.
public struct SegmentChanged: Contract {
    public static let name: MessageName = "leads.segment.changed.v1"
    public static let isPublished = false
    public static let summary = "A segment was made, asks something else from now on, or was removed."

    /// One thing that it asks of people.
    public struct Test: Codable, Sendable, Equatable {
        /// `channel`, `quiet-for-days`, `tag.<key>`.
        public var field: String
        /// Any of them suffices.
        public var values: [String]
        /// The opposite is asked.
        public var isNot: Bool

        public init(field: String, values: [String], isNot: Bool) {
            self.field = field
            self.values = values
            self.isNot = isNot
        }
    }

    /// Lower-case UUID.
    public var segmentID: String
    public var name: String
    /// Rises with every change; the last one when it was removed.
    public var version: Int
    /// All of which must hold.
    public var tests: [Test]
    public var isRemoved: Bool

    public init(segmentID: String, name: String, version: Int, tests: [Test], isRemoved: Bool) {
        self.segmentID = segmentID
        self.name = name
        self.version = version
        self.tests = tests
        self.isRemoved = isRemoved
    }

    public static var example: SegmentChanged {
        SegmentChanged(
            segmentID: "01935c5a-3b00-7000-8000-000000000044",
            name: "学区客户",
            version: 2,
            tests: [Test(field: "quiet-for-days", values: ["30"], isNot: false)],
            isRemoved: false
        )
    }
}
