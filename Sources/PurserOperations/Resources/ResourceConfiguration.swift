/// What all operations may hold together, and how long they may wait.
public struct ResourceConfiguration: Sendable, Hashable {
    /// `resources.max_concurrent_operations`: how many hold a slot at the same time; 1 to 10,000.
    public var maxConcurrentOperations = 10
    /// `resources.memory_budget`: bytes that all running operations may hold together; at least 64 MiB.
    public var memoryBudget = 500_000_000
    /// `resources.max_file_size`: bytes of the largest content taken in; at least 1.
    ///
    /// Kept by those that take it in.
    public var maxFileSize: Int64 = 100_000_000
    /// `resources.operation_timeout`: how long an operation may run without progress; at least 1 s.
    public var operationTimeout: Duration = .seconds(300)
    /// `resources.caps.<kind>`: how many of a kind hold a slot at the same time; at least 1.
    ///
    /// Without one, `process` leaves two slots to others, and all other kinds have no cap.
    public var caps: [OperationKind: Int] = [.collect: 1, .optimize: 2]
    /// `resources.queue.capacity`: how many may wait; 0 to 1,000,000.
    public var queueCapacity = 1_000
    /// `resources.queue.wait_limit`: how long one may wait that names no limit of its own; 0 s refuses instead.
    public var queueWaitLimit: Duration = .seconds(30)
    /// `resources.client_rate`: operations per second that one client may start; any number where there is none.
    public var clientRate: Double?
    /// `resources.client_burst`: operations that one client may start at once; as many as in a second where there is none.
    public var clientBurst: Int?
    /// `resources.adaptive`: whether the number of slots follows the disk.
    public var adaptive = AdaptiveLimitConfiguration()

    /// Takes the defaults.
    public init() {}

    /// How many of a kind may hold a slot at the same time; `nil` where all may.
    package func cap(of kind: OperationKind) -> Int? {
        self.caps[kind] ?? (kind == .process ? max(1, self.initialLimit - 2) : nil)
    }

    /// How many slots there are at the start.
    var initialLimit: Int {
        guard self.adaptive.isEnabled else { return max(1, self.maxConcurrentOperations) }
        return max(1, min(max(self.maxConcurrentOperations, self.adaptive.min), self.adaptive.max))
    }
}

/// Whether and how far the number of slots follows the latency of the disk.
public struct AdaptiveLimitConfiguration: Sendable, Hashable {
    /// `resources.adaptive.enabled`: whether it does.
    public var isEnabled = false
    /// `resources.adaptive.min`: the fewest slots; at least 1.
    public var min = 2
    /// `resources.adaptive.max`: the most slots; at least the fewest.
    public var max = 64

    /// Takes the defaults.
    public init() {}
}

extension ResourceConfiguration {
    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var check = SettingCheck()
        check.expect(
            (1...10_000).contains(self.maxConcurrentOperations),
            "max_concurrent_operations",
            self.maxConcurrentOperations,
            "1 to 10000"
        )
        check.expect(self.memoryBudget >= 64 << 20, "memory_budget", self.memoryBudget, "64 MiB or more")
        check.expect(self.maxFileSize >= 1, "max_file_size", self.maxFileSize, "1 byte or more")
        check.expect(self.operationTimeout >= .seconds(1), "operation_timeout", self.operationTimeout, "1s or more")
        for (kind, cap) in self.caps.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            check.expect(cap >= 1, "caps.\(kind.rawValue)", cap, "1 or more")
        }
        check.expect((0...1_000_000).contains(self.queueCapacity), "queue.capacity", self.queueCapacity, "0 to 1000000")
        check.expect(self.queueWaitLimit >= .zero, "queue.wait_limit", self.queueWaitLimit, "0s or more")
        if let clientRate {
            check.expect(clientRate.isFinite && clientRate > 0, "client_rate", clientRate, "a number above 0, or none")
        }
        if let clientBurst {
            check.expect(clientBurst >= 1, "client_burst", clientBurst, "1 or more, or none")
        }
        check.expect(self.adaptive.min >= 1, "adaptive.min", self.adaptive.min, "1 or more")
        check.expect(
            (self.adaptive.min...max(self.adaptive.min, 10_000)).contains(self.adaptive.max),
            "adaptive.max",
            self.adaptive.max,
            "resources.adaptive.min to 10000"
        )
        return check.problems
    }

    /// Collects what does not hold.
    private struct SettingCheck {
        var problems: [SettingProblem] = []

        mutating func expect(_ holds: Bool, _ key: String, _ value: some Any, _ accepted: String) {
            guard !holds else { return }
            self.problems.append(SettingProblem("resources.\(key)", got: "\(value)", takes: accepted))
        }
    }
}
