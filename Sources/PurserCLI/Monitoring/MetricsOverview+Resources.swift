import Purser

extension MetricsOverview {
    /// Slots, memory, storage and disk: a line each.
    var resourceLines: [String] {
        let rows = [
            ("slots", self.slots), ("memory", self.memory), ("cpu", self.cpu), ("storage", self.storage),
            ("savings", self.savings), ("disk", self.disk), ("network", self.network),
        ]
        return rows.map { "\($0.padding(to: 10))  \($1)" }
    }

    private var slots: String {
        let usage = self.system.resourceUsage
        return
            "\(usage.activeOperations) of \(usage.maxConcurrentOperations) taken, \(usage.queuedOperations) waiting; "
            + "highest \(usage.highWater.activeOperations) and \(usage.highWater.queuedOperations)"
    }

    private var memory: String {
        let usage = self.system.resourceUsage
        let memory = self.machine.memory
        let reserved =
            "\(ByteText.short(Int64(usage.memoryReservedBytes))) of \(ByteText.short(Int64(usage.memoryBudgetBytes))) "
            + "reserved"
        let resident = memory.residentBytes.map {
            "process \(ByteText.short($0))"
                + (memory.percentOfMachine.map { " (\(FigureText.percent($0)) of the machine)" } ?? "")
        }
        return [reserved, resident, "level \(memory.level)"].compactMap { $0 }.joined(separator: "; ")
    }

    private var cpu: String {
        let cpu = self.machine.cpu
        let load = self.machine.load.map { load in
            "load " + load.map { FigureText.metric($0, .ratio) }.joined(separator: " ")
        }
        let shares =
            "process \(FigureText.percent(cpu.processPercent)), machine \(FigureText.percent(cpu.machinePercent))"
        return [shares, load].compactMap { $0 }.joined(separator: "; ")
    }

    private var storage: String {
        let storage = self.system.storage
        let files = "\(storage.files) \(storage.files == 1 ? "file" : "files")"
        let buckets = "\(storage.buckets) \(storage.buckets == 1 ? "bucket" : "buckets")"
        return "\(files) in \(buckets); \(ByteText.short(storage.logicalBytes)), "
            + "\(ByteText.short(storage.distinctBytes)) distinct, \(ByteText.short(storage.physicalBytes)) on disk "
            + "(\(FigureText.percent(storage.utilizationPercent)) of what there is)"
    }

    private var savings: String {
        let storage = self.system.storage
        let dedup = "deduplication \(Self.ratio(storage.dedupRatio))"
        let compression = "compression \(Self.ratio(storage.compressionRatio))"
        return "\(dedup), \(compression); \(ByteText.short(storage.reclaimableBytes)) reclaimable"
    }

    private static func ratio(_ ratio: Double?) -> String {
        FigureText.metric(ratio, .ratio) + (ratio == nil ? "" : " : 1")
    }

    private var disk: String {
        let (disk, storage) = (self.machine.disk, self.system.storage)
        guard let size = disk.sizeBytes, let available = disk.availableBytes else { return "not known" }
        let free = "\(ByteText.short(available)) of \(ByteText.short(size)) free"
        let growth = storage.growthBytesPerDay.map { bytes in
            let amount = ByteText.short(Int64(min(abs(bytes), 9e18)))
            return bytes < 0 ? "shrinks by \(amount) a day" : "grows by \(amount) a day"
        }
        let full = storage.daysUntilFull.map { "full in \(FigureText.metric($0, .ratio)) days" }
        return [free, growth, full].compactMap { $0 }.joined(separator: "; ")
    }

    private var network: String {
        let network = self.machine.network
        return "\(ByteText.short(network.receivedBytes)) received, \(ByteText.short(network.sentBytes)) sent"
    }
}
