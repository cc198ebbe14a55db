import PurserOperations

/// All clocks of the CPU at one moment.
struct CPUReading: Sendable {
    /// One thread of the process.
    struct Thread: Sendable, Equatable {
        /// What it does; `nil` where its name does not tell.
        var component: CPUComponent?
        var ticks: Int64
    }

    var at: Duration
    var process: ProcessStat?
    var machine: MachineCPU?
    var catalogWriter: Duration?
    /// By the kernel's number.
    var threads: [String: Thread]

    /// Works out what was used since an earlier reading.
    ///
    /// A thread that ended in between is missing from its component and counts with the rest. What cannot be told stays
    /// as it is.
    func compare(with before: CPUReading, _ ticksPerSecond: Double, into cpu: inout CPUFigures) {
        if let machine, let earlier = before.machine { cpu.machine = machine.percentBusy(since: earlier) }
        let elapsed = (self.at - before.at).inSeconds
        guard elapsed > 0, let process, let earlier = before.process, let cores = cpu.cores, cores > 0 else { return }
        func percent(_ seconds: Double) -> Double { max(0, seconds) / elapsed / cores * 100 }
        let processSeconds = Double(process.ticks - earlier.ticks) / ticksPerSecond
        cpu.process = percent(processSeconds)
        cpu.components[.children] = percent(Double(process.childTicks - earlier.childTicks) / ticksPerSecond)
        var rest = processSeconds
        if let catalogWriter, let earlier = before.catalogWriter {
            let seconds = (catalogWriter - earlier).inSeconds
            cpu.components[.catalogWriter] = percent(seconds)
            rest -= seconds
        }
        for (component, ticks) in self.ticksByComponent(since: before) {
            let seconds = Double(ticks) / ticksPerSecond
            cpu.components[component] = percent(seconds)
            rest -= seconds
        }
        cpu.components[.rest] = percent(rest)
    }

    private func ticksByComponent(since before: CPUReading) -> [CPUComponent: Int64] {
        var ticks: [CPUComponent: Int64] = [.eventLoops: 0, .diskThreads: 0]
        for (number, thread) in self.threads {
            guard let component = thread.component else { continue }
            // A number may have gone to a new thread, which began at zero.
            let earlier = before.threads[number].map { $0.ticks <= thread.ticks ? $0.ticks : 0 } ?? 0
            ticks[component, default: 0] += thread.ticks - earlier
        }
        return ticks
    }
}

extension CPUComponent {
    /// What a thread does, by the name that it was given; `nil` where that does not tell.
    ///
    /// Event loops are named by swift-nio, the threads of the disk by `DiskThreads`.
    init?(threadName name: String) {
        if name.hasPrefix("NIO-ELT-") || name.hasPrefix("NIO-SGLTN-") {
            self = .eventLoops
        } else if name.hasPrefix("purser-disk-") {
            self = .diskThreads
        } else {
            return nil
        }
    }
}
