import PurserMonitor

/// What the process and its machine were like at the last look; `null` where the machine does not tell.
package struct MachineDocument: Codable, Sendable {
    package struct Memory: Codable, Sendable {
        @OrNull package var residentBytes: Int64?
        @OrNull package var peakBytes: Int64?
        @OrNull package var virtualBytes: Int64?
        @OrNull package var availableBytes: Int64?
        @OrNull package var machineBytes: Int64?
        @OrNull package var groupLimitBytes: Int64?
        @OrNull package var groupUsageBytes: Int64?
        @OrNull package var percentOfMachine: Double?
        @OrNull package var percentOfGroup: Double?
        package var level: String
    }

    package struct CPU: Codable, Sendable {
        @OrNull package var processPercent: Double?
        @OrNull package var machinePercent: Double?
        @OrNull package var cores: Double?
        @OrNull package var processSeconds: Double?
        @OrNull package var childrenSeconds: Double?
        @OrNull package var throttledSeconds: Double?
        package var componentsPercent: [String: Double]
    }

    package struct Disk: Codable, Sendable {
        @OrNull package var readBytes: Int64?
        @OrNull package var writtenBytes: Int64?
        @OrNull package var sizeBytes: Int64?
        @OrNull package var availableBytes: Int64?
    }

    package struct Network: Codable, Sendable {
        package var receivedBytes: Int64
        package var sentBytes: Int64
    }

    package var memory: Memory
    package var cpu: CPU
    package var disk: Disk
    package var network: Network
    @OrNull package var load: [Double]?
    @OrNull package var openDescriptors: Int?
    @OrNull package var descriptorLimit: Int?
    @OrNull package var threads: Int?

    package init(_ figures: MachineFigures, level: MemoryLevel, traffic: Traffic) {
        self.memory = Memory(figures.memory, level: level)
        self.cpu = CPU(figures.cpu)
        self.disk = Disk(figures)
        self.network = Network(receivedBytes: traffic.received, sentBytes: traffic.sent)
        self.load = figures.load
        self.openDescriptors = figures.openDescriptors
        self.descriptorLimit = figures.descriptorLimit
        self.threads = figures.threads
    }
}

extension MachineDocument.Memory {
    init(_ memory: MemoryFigures, level: MemoryLevel) {
        self.level = level.rawValue
        self.residentBytes = memory.resident
        self.peakBytes = memory.peak
        self.virtualBytes = memory.virtual
        self.availableBytes = memory.machineAvailable
        self.machineBytes = memory.machineTotal
        self.groupLimitBytes = memory.groupLimit
        self.groupUsageBytes = memory.groupUsage
        self.percentOfMachine = memory.percentOfMachine
        self.percentOfGroup = memory.percentOfGroup
    }
}

extension MachineDocument.CPU {
    init(_ cpu: CPUFigures) {
        self.componentsPercent = Dictionary(uniqueKeysWithValues: cpu.components.map { ($0.key.rawValue, $0.value) })
        self.processPercent = cpu.process
        self.machinePercent = cpu.machine
        self.cores = cpu.cores
        self.processSeconds = cpu.processSeconds
        self.childrenSeconds = cpu.childrenSeconds
        self.throttledSeconds = cpu.throttledSeconds
    }
}

extension MachineDocument.Disk {
    init(_ figures: MachineFigures) {
        self.readBytes = figures.diskReadBytes
        self.writtenBytes = figures.diskWrittenBytes
        self.sizeBytes = figures.diskBytes
        self.availableBytes = figures.diskAvailableBytes
    }
}
