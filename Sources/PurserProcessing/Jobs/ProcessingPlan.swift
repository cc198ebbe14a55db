/// How many files of a job go at the same time, how many are taken up at once, and why.
public struct ProcessingPlan: Sendable, Hashable {
    /// Files that are processed at the same time.
    public var workers: Int
    /// Files that are taken up and written down at once.
    public var batch: Int
    /// What led to these numbers, for people; one sentence each.
    public var why: [String]
}

/// What a plan is worked out from.
public struct ProcessingMachine: Sendable, Hashable {
    /// Cores that the process may use.
    public var cores: Int
    /// Bytes of memory that are free.
    public var freeMemory: Int

    /// Describes a machine.
    public init(cores: Int, freeMemory: Int) {
        self.cores = cores
        self.freeMemory = freeMemory
    }
}

extension ProcessingPlan {
    /// Bytes that a file takes at least while it is processed: a tool and its buffers.
    static let leastMemory = 48 << 20
    /// How many times its own size a file takes beyond that: it is read, decoded, and written anew.
    static let sizeFactor = 4
    /// Workers at most where nothing is set.
    static let mostWorkers = 64
    /// Bytes that the files of a batch have together, about.
    static let batchBytes = 16 << 20
    /// The batch where nothing is known of the files.
    static let usualBatch = 10
    /// Files of a batch at most where nothing is set.
    static let mostBatch = 50

    /// Works out a plan.
    ///
    /// - Parameters:
    ///   - count: Files of the job.
    ///   - averageBytes: Bytes of one of them on average; 0 where that is not known.
    ///   - machine: What there is.
    ///   - slots: Files that may hold a slot at the same time.
    ///   - configuration: What is set takes the place of what would be worked out.
    /// - Returns: The plan.
    static func make(
        count: Int,
        averageBytes: Int64,
        machine: ProcessingMachine,
        slots: Int,
        configuration: ProcessingConfiguration = ProcessingConfiguration()
    ) -> ProcessingPlan {
        var plan = ProcessingPlan(workers: 1, batch: 1, why: [])
        plan.workers = plan.workers(count, averageBytes, machine, slots, configuration.workers)
        plan.batch = plan.batch(count, averageBytes, configuration.batch)
        return plan
    }

    private mutating func workers(
        _ count: Int,
        _ averageBytes: Int64,
        _ machine: ProcessingMachine,
        _ slots: Int,
        _ configured: Int?
    ) -> Int {
        if let configured {
            self.why.append("processing.workers is \(configured)")
            return configured
        }
        let size = max(0, Int(clamping: averageBytes))
        let (own, isOver) = size.multipliedReportingOverflow(by: Self.sizeFactor)
        let needed = isOver || own > .max - Self.leastMemory ? .max : own + Self.leastMemory
        let byCores = 2 * max(1, machine.cores)
        let byMemory = max(1, machine.freeMemory / needed)
        self.why.append("\(machine.cores) cores keep \(byCores) files busy, two each, as tools also wait for the disk")
        self.why.append(
            "\(machine.freeMemory) bytes of free memory hold \(byMemory) files of about \(needed) bytes each while they "
                + "are processed"
        )
        var workers = min(byCores, byMemory, Self.mostWorkers)
        if slots < workers {
            self.why.append("resources.caps.process leaves \(slots) slots to files of jobs")
            workers = slots
        }
        if count < workers {
            self.why.append("there are \(count) files")
            workers = count
        }
        return max(1, workers)
    }

    private mutating func batch(_ count: Int, _ averageBytes: Int64, _ configured: Int?) -> Int {
        if let configured {
            self.why.append("processing.batch is \(configured)")
            return configured
        }
        var batch = Self.usualBatch
        if averageBytes > 0 {
            batch = min(Self.mostBatch, max(1, Int(clamping: Int64(Self.batchBytes) / averageBytes)))
            self.why.append("batches of \(batch): about \(Self.batchBytes) bytes, at most \(Self.mostBatch) files")
        } else {
            self.why.append("batches of \(batch), as nothing is known of the files")
        }
        // No worker is to wait while another has more than one batch before it.
        let share = max(1, count / self.workers + (count % self.workers == 0 ? 0 : 1))
        if share < batch {
            self.why.append("batches of \(share), so that all \(self.workers) workers have something to do")
            batch = share
        }
        return batch
    }
}
