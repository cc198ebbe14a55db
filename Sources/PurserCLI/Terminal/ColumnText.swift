/// Rows of texts set in columns: the first one to the left, the others to the right.
enum ColumnText {
    /// Sets rows, with two blanks between columns.
    ///
    /// - Parameter rows: The rows, each with as many texts as the first one.
    /// - Returns: A line for each row.
    static func lines(_ rows: [[String]]) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in
            rows.map { column < $0.count ? TerminalWidth.of($0[column]) : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated()
                .map { column, text in
                    let blanks = String(repeating: " ", count: widths[column] - TerminalWidth.of(text))
                    return column == 0 ? text + blanks : blanks + text
                }
                .joined(separator: "  ")
        }
    }
}
