public import Logging
import PurserOperations
import Synchronization
import SystemPackage

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Looks at the machine: memory, CPU, disk, descriptors, threads.
///
/// Each look reads a few dozen small files, which blocks for about a millisecond: see ``MachineWatch``, which has a thread
/// of its own for it.
public final class MachineProbe: Sendable {
    /// How the kernel counts; the machine's own unless a test says otherwise.
    struct Units: Sendable {
        var ticksPerSecond = Double(sysconf(CInt(_SC_CLK_TCK)))
        var pageBytes = Int64(sysconf(CInt(_SC_PAGESIZE)))
    }

    private let places: MachinePlaces
    private let files: MachineFiles
    private let catalogWriterTime: (@Sendable () -> Duration)?
    private let timeline: Timeline
    private let units: Units
    private let last = Mutex<CPUReading?>(nil)

    /// Makes a probe that has not looked yet.
    ///
    /// - Parameters:
    ///   - places: Where the machine tells of itself.
    ///   - catalogWriterTime: The CPU time of the catalog's writer, whose thread has no name of its own.
    ///   - clock: Measures the time between two looks.
    ///   - logger: Told once of each file that is of no use.
    public convenience init(
        places: MachinePlaces,
        catalogWriterTime: (@Sendable () -> Duration)? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.init(
            places: places,
            catalogWriterTime: catalogWriterTime,
            clock: clock,
            logger: logger,
            units: Units()
        )
    }

    init(
        places: MachinePlaces,
        catalogWriterTime: (@Sendable () -> Duration)?,
        clock: any Clock<Duration>,
        logger: Logger,
        units: Units
    ) {
        self.places = places
        self.files = MachineFiles(logger: logger)
        self.catalogWriterTime = catalogWriterTime
        self.timeline = Timeline(clock)
        self.units = units
    }

    /// Looks now.
    ///
    /// Blocks. Figures of CPU cover the time since the last look, whoever took it.
    public func look() -> MachineFigures {
        var figures = MachineFigures()
        let process = self.places.processes
        let stat = self.files.parse(process.appending("self/stat"), self.files.text(process.appending("self/stat"))) {
            ProcessStat($0)
        }
        let status = self.files.text(process.appending("self/status")).map(KeyedLines.init)
        let group = ControlGroup(self.files, self.places)
        figures.memory = self.memory(stat, status, group)
        figures.threads = stat?.threads
        figures.cpu = self.cpu(stat, status, group)
        figures.load = self.load()
        self.readDisk(&figures)
        self.readDescriptors(&figures)
        return figures
    }

    private func memory(_ stat: ProcessStat?, _ status: KeyedLines?, _ group: ControlGroup) -> MemoryFigures {
        var memory = MemoryFigures()
        let path = self.places.processes.appending("self/statm")
        let pages = self.files.parse(path, self.files.text(path)) { text -> [Int64]? in
            let fields = text.split(whereSeparator: \.isWhitespace).prefix(2).compactMap { Int64($0) }
            return fields.count == 2 && fields.allSatisfy { $0 >= 0 } ? fields : nil
        }
        memory.virtual = pages.map { $0[0] * self.units.pageBytes }
        memory.resident = pages.map { $0[1] * self.units.pageBytes }
        memory.peak = status?.kibibytes("VmHWM")
        let machine = self.places.processes.appending("meminfo")
        if let lines = self.files.text(machine).map(KeyedLines.init) {
            memory.machineTotal = lines.kibibytes("MemTotal")
            memory.machineAvailable = lines.kibibytes("MemAvailable")
            if memory.machineTotal == nil { self.files.note(machine, "it has no MemTotal") }
        }
        memory.groupLimit = group.memoryLimit
        memory.groupUsage = group.memoryUsage
        memory.groupHeld = group.memoryHeld
        return memory
    }

    private func cpu(_ stat: ProcessStat?, _ status: KeyedLines?, _ group: ControlGroup) -> CPUFigures {
        let path = self.places.processes.appending("stat")
        let machine = self.files.parse(path, self.files.text(path)) { MachineCPU($0) }
        let reading = CPUReading(
            at: self.timeline.elapsed(),
            process: stat,
            machine: machine,
            catalogWriter: self.catalogWriterTime?(),
            threads: self.threads()
        )
        let cores = [
            machine.map { Double($0.cores) }, status?.word("Cpus_allowed").flatMap(allowedCores).map(Double.init),
            group.cores,
        ]
        let before = self.last.withLock { last in
            defer { last = reading }
            return last
        }
        var cpu = CPUFigures()
        cpu.cores = cores.compactMap(\.self).min()
        cpu.throttledSeconds = group.throttledSeconds
        cpu.processSeconds = stat.map { Double($0.ticks) / self.units.ticksPerSecond }
        cpu.childrenSeconds = stat.map { Double($0.childTicks) / self.units.ticksPerSecond }
        if let before { reading.compare(with: before, self.units.ticksPerSecond, into: &cpu) }
        return cpu
    }

    /// The CPU of each thread so far, and what it does by its name.
    private func threads() -> [String: CPUReading.Thread] {
        let folder = self.places.processes.appending("self/task")
        var threads: [String: CPUReading.Thread] = [:]
        for number in self.files.names(in: folder) ?? [] {
            // A thread may end before it is looked at.
            guard let text = try? MachineFiles.read(folder.appending(number).appending("stat")),
                let stat = ProcessStat(text)
            else { continue }
            threads[number] = CPUReading.Thread(component: CPUComponent(threadName: stat.name), ticks: stat.ticks)
        }
        return threads
    }

    private func load() -> [Double]? {
        let path = self.places.processes.appending("loadavg")
        return self.files.parse(path, self.files.text(path)) { text in
            let fields = text.split(whereSeparator: \.isWhitespace).prefix(3).compactMap { Double($0) }
            return fields.count == 3 && fields.allSatisfy { $0.isFinite && $0 >= 0 } ? fields : nil
        }
    }

    private func readDisk(_ figures: inout MachineFigures) {
        let path = self.places.processes.appending("self/io")
        if let lines = self.files.text(path).map(KeyedLines.init) {
            figures.diskReadBytes = lines.count("read_bytes")
            figures.diskWrittenBytes = lines.count("write_bytes").map {
                max(0, $0 - (lines.count("cancelled_write_bytes") ?? 0))
            }
            if figures.diskReadBytes == nil { self.files.note(path, "it has no read_bytes") }
        }
        var space = statvfs()
        guard self.places.store.withPlatformString({ statvfs($0, &space) }) == 0 else {
            self.files.note(self.places.store, "statvfs failed with \(errno)")
            return
        }
        func bytes(_ blocks: UInt64) -> Int64 {
            let (bytes, overflow) = blocks.multipliedReportingOverflow(by: UInt64(space.f_frsize))
            return overflow ? .max : Int64(clamping: bytes)
        }
        figures.diskBytes = bytes(UInt64(space.f_blocks))
        figures.diskAvailableBytes = bytes(UInt64(space.f_bavail))
    }

    private func readDescriptors(_ figures: inout MachineFigures) {
        let process = self.places.processes.appending("self")
        // Listing the kernel's own folder takes a descriptor, which is then listed too.
        let own = self.places.processes == "/proc" ? 1 : 0
        figures.openDescriptors = self.files.names(in: process.appending("fd")).map { $0.count - own }
        let path = process.appending("limits")
        let line = self.files.text(path)?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        guard let word = line?.dropFirst("Max open files".count).split(separator: " ").first else {
            self.files.note(path, "it tells of no open files")
            return
        }
        figures.descriptorLimit = Int(word)
    }
}
