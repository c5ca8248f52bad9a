/// Writes rows of comma-separated values that spreadsheets read as they are meant.
enum CSVText {
    /// Says that the file is in UTF-8: Excel takes it for something else otherwise.
    static let mark = "\u{FEFF}"

    /// One line, with its end.
    static func row(_ cells: [String]) -> String { cells.map(cell).joined(separator: ",") + "\r\n" }

    /// A cell that no spreadsheet takes for a formula, in quotes where it needs them.
    private static func cell(_ text: String) -> String {
        let safe = startsFormula(text) ? "'" + text : text
        let needsQuotes = safe.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        return needsQuotes ? "\"" + safe.replacing("\"", with: "\"\"") + "\"" : safe
    }

    private static func startsFormula(_ text: String) -> Bool {
        // A spreadsheet may leave out what it takes for space before it.
        guard let first = text.first(where: { !$0.isWhitespace }) else { return false }
        return "=+-@\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}".contains(first) || text.first == "\t" || text.first == "\r"
    }
}
