public import PurserIdentifiers

/// A scratch file or folder that could not be removed so far.
public struct ScratchFailure: Sendable, Hashable {
    /// Whose it was.
    public var operation: OperationID
    /// What it was for.
    public var scope: String
    /// Where it is.
    public var path: String
    /// How often its removal was tried.
    public var attempts: Int
    /// What the last attempt ran into; for people.
    public var message: String
}

/// How many scratch files there are, and what became of all since the start.
public struct ScratchFigures: Sendable, Hashable {
    /// There now, also those that could not be removed.
    public var count = 0
    /// How many there may be.
    public var limit = 0
    /// Most that there ever were at the same time.
    public var highWater = 0
    /// Operations that wait for one.
    public var waiting = 0
    /// Made since the start.
    public var made: Int64 = 0
    /// Removed since the start, and seen to be gone.
    public var removed: Int64 = 0
    /// Attempts to remove one that failed.
    public var failedRemovals: Int64 = 0
    /// Askers that got none.
    public var refused: Int64 = 0

    /// Counts nothing yet.
    public init() {}
}

/// What cleaning up came to.
public struct ScratchCleaning: Sendable, Hashable {
    /// Files and folders that are gone.
    public var removed = 0
    /// Those that could not be removed, and are tried again later.
    public var failures: [ScratchFailure] = []

    /// Nothing was done yet.
    public init() {}
}
