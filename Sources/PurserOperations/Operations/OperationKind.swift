/// What an operation does.
///
/// The raw value is the `kind` of the operation's document and the label of its metrics.
public enum OperationKind: String, Sendable, CaseIterable, Codable {
    /// A content comes in.
    case upload
    /// A content goes out.
    case download
    /// A file gets a second name.
    case copy
    /// A file goes.
    case delete
    /// The background collector removes bytes that no file needs.
    case collect
    /// The optimizer makes the store small, and looks whether all is there.
    case optimize
    /// A job runs a pipeline over files; each file of it takes a slot.
    case process
    /// Work of the program that uses Purser as a library.
    case custom
}

extension OperationKind {
    /// Where this kind stands in ``allCases``: an index for tables with one row per kind.
    var index: Int {
        switch self {
        case .upload: 0
        case .download: 1
        case .copy: 2
        case .delete: 3
        case .collect: 4
        case .optimize: 5
        case .process: 6
        case .custom: 7
        }
    }

    /// Whether Purser starts this by itself, for no client: such work has no client's rate to keep to.
    var isOwnWork: Bool { self == .collect || self == .optimize }
}
