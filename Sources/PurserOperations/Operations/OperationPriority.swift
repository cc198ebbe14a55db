/// The class in which an operation waits.
///
/// A lower raw value goes first.
public enum OperationPriority: Int, Sendable, CaseIterable, Comparable, Codable {
    /// Somebody waits for it.
    case interactive = 0
    /// Work that somebody asked for and does not watch.
    case batch = 1
    /// Work that Purser does when there is room.
    case background = 2

    /// Orders by who goes first: `.interactive` is less than `.background`.
    public static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}
