/// How a program does, for the monitor.
public struct ToolFigures: Sendable, Hashable {
    /// What happens to a request to run it.
    public enum State: String, Sendable, CaseIterable, Codable {
        /// It is run.
        case closed
        /// It failed too often: nobody runs it for a while.
        case open
        /// One run tries whether it works again.
        case halfOpen = "half_open"
    }

    /// The program, as pipelines name it.
    public var program: String
    /// Whether it may be run.
    public var state: State
    /// How many times it failed so often that nobody ran it for a while.
    public var timesOpened: Int
    /// Runs that have begun.
    public var runs: Int64
    /// Runs that failed by the program's own fault.
    public var failures: Int64
    /// Runs that have not ended.
    public var running: Int
}
