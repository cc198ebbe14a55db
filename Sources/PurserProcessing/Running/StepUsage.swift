import Synchronization

/// What the programs of one step took together.
///
/// Whoever runs a program adds it to ``current``, which belongs to the step that the task works for.
public final class StepUsage: Sendable {
    /// Of the step in whose task this is asked; `nil` elsewhere.
    @TaskLocal public static var current: StepUsage?

    private let total = Mutex((cpuTime: Duration.zero, peakMemory: 0))

    /// Begins with nothing.
    public init() {}

    /// Adds a program that has ended.
    ///
    /// - Parameters:
    ///   - cpuTime: Its CPU time.
    ///   - peakMemory: Its highest resident memory in bytes.
    public func add(cpuTime: Duration, peakMemory: Int) {
        self.total.withLock { total in
            total.cpuTime += cpuTime
            total.peakMemory = max(total.peakMemory, peakMemory)
        }
    }

    /// CPU time of all, and the memory of the largest.
    public var sum: (cpuTime: Duration, peakMemory: Int) { self.total.withLock { $0 } }
}
