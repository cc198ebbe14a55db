/// What the process and its machine were like at one moment.
///
/// What the machine does not tell, or tells garbled, is `nil`. Figures of CPU cover the time between two looks: the first
/// look has none.
public struct MachineFigures: Sendable, Equatable {
    /// Memory, in bytes.
    public var memory = MemoryFigures()
    /// CPU, in percent.
    public var cpu = CPUFigures()
    /// Runnable and waiting tasks of the machine, over 1, 5 and 15 minutes.
    public var load: [Double]?
    /// Bytes that the process had the disk read since its start.
    public var diskReadBytes: Int64?
    /// Bytes that the process had written to the disk since its start, less those removed before they got there.
    public var diskWrittenBytes: Int64?
    /// Descriptors that the process has open.
    public var openDescriptors: Int?
    /// Descriptors that it may have open; `nil` too where there is no limit.
    public var descriptorLimit: Int?
    /// Threads of the process.
    public var threads: Int?
    /// Size of the disk that holds the store, in bytes.
    public var diskBytes: Int64?
    /// Bytes of that disk that the process may still take.
    public var diskAvailableBytes: Int64?

    /// Knows nothing yet.
    public init() {}
}

/// The memory of the process, and what there is for it, in bytes.
public struct MemoryFigures: Sendable, Equatable {
    /// In RAM now.
    public var resident: Int64?
    /// The most that ever was in RAM.
    public var peak: Int64?
    /// Address space in use.
    public var virtual: Int64?
    /// RAM of the machine.
    public var machineTotal: Int64?
    /// RAM that could be had without swapping.
    public var machineAvailable: Int64?
    /// The most that the control group allows; `nil` too where it sets no limit.
    public var groupLimit: Int64?
    /// What the control group with that limit uses, caches included.
    public var groupUsage: Int64?
    /// The part of it that cannot be given back: what programs hold.
    public var groupHeld: Int64?

    /// ``resident``, percent of the machine's RAM.
    public var percentOfMachine: Double? { Self.percent(self.resident, of: self.machineTotal) }
    /// ``resident``, percent of the control group's limit.
    public var percentOfGroup: Double? { Self.percent(self.resident, of: self.groupLimit) }

    private static func percent(_ part: Int64?, of whole: Int64?) -> Double? {
        guard let part, let whole, whole > 0 else { return nil }
        return Double(part) / Double(whole) * 100
    }
}

/// The CPU that was used between two looks.
public struct CPUFigures: Sendable, Equatable {
    /// The process, percent of what it may use: 100 is all of ``cores``.
    public var process: Double?
    /// The machine, percent of all of its cores.
    public var machine: Double?
    /// Each part of the process, percent of what the process may use.
    public var components: [CPUComponent: Double] = [:]
    /// The cores that the process may use: the machine's, less where its affinity or its control group says so.
    public var cores: Double?
    /// Seconds for which the control group held the process back, since the group began.
    public var throttledSeconds: Double?
    /// CPU seconds of the process since its start.
    public var processSeconds: Double?
    /// CPU seconds of its children that have ended, since its start.
    public var childrenSeconds: Double?
}

/// A part of the process that uses CPU.
public enum CPUComponent: String, Sendable, CaseIterable, Codable {
    /// The threads that serve connections.
    case eventLoops = "event_loops"
    /// The threads that wait for the disk.
    case diskThreads = "disk_threads"
    /// The catalog's one writer.
    case catalogWriter = "catalog_writer"
    /// Programs that were run and have ended.
    case children
    /// All other threads.
    case rest
}
