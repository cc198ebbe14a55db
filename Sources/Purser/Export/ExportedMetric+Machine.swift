import PurserMonitor

extension ExportedMetric {
    /// The process and its machine.
    ///
    /// Those of the process have the names that Prometheus' own libraries give them.
    static let machine: [ExportedMetric] = [
        ExportedMetric("process_cpu_seconds", .counter, "CPU time of the process.") { $0.machine.cpu.processSeconds },
        ExportedMetric("process_resident_memory_bytes", .gauge, "Memory of the process in RAM.") {
            $0.machine.memory.resident.map(Double.init)
        },
        ExportedMetric("process_virtual_memory_bytes", .gauge, "Address space of the process.") {
            $0.machine.memory.virtual.map(Double.init)
        },
        ExportedMetric("process_open_fds", .gauge, "Descriptors that the process has open.") {
            $0.machine.openDescriptors.map(Double.init)
        },
        ExportedMetric("process_max_fds", .gauge, "Descriptors that the process may have open.") {
            $0.machine.descriptorLimit.map(Double.init)
        },
        ExportedMetric("process_threads", .gauge, "Threads of the process.") { $0.machine.threads.map(Double.init) },
        ExportedMetric("purser_peak_memory_bytes", .gauge, "The most that the process ever had in RAM.") {
            $0.machine.memory.peak.map(Double.init)
        },
        ExportedMetric("purser_machine_available_memory_bytes", .gauge, "RAM to be had without swapping.") {
            $0.machine.memory.machineAvailable.map(Double.init)
        },
        ExportedMetric(
            "purser_memory_level",
            .gauge,
            "1 for the level of memory that holds: normal, elevated, warning, critical or exhausted.",
            labels: ["level"]
        ) { state in
            MemoryLevel.allCases.map {
                Sample(labels: [Label("level", $0.rawValue)], value: $0 == state.memoryLevel ? 1 : 0)
            }
        },
        ExportedMetric("purser_children_cpu_seconds", .counter, "CPU time of programs that were run and ended.") {
            $0.machine.cpu.childrenSeconds
        },
        ExportedMetric(
            "purser_component_cpu_ratio",
            .gauge,
            "Share of the CPU that the process may use, by part of the process.",
            labels: ["component"]
        ) { state in
            state.machine.cpu.components.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                Sample(labels: [Label("component", $0.key.rawValue)], value: $0.value / 100)
            }
        },
        ExportedMetric("purser_machine_load1", .gauge, "Runnable and waiting tasks, over one minute.") {
            $0.machine.load?.first
        },
        ExportedMetric("purser_disk_read_bytes", .counter, "Bytes that the process had the disk read.") {
            $0.machine.diskReadBytes.map(Double.init)
        },
        ExportedMetric("purser_disk_written_bytes", .counter, "Bytes that the process had written to the disk.") {
            $0.machine.diskWrittenBytes.map(Double.init)
        },
        ExportedMetric("purser_disk_size_bytes", .gauge, "Size of the store's disk.") {
            $0.machine.diskBytes.map(Double.init)
        },
        ExportedMetric("purser_disk_available_bytes", .gauge, "Bytes of the store's disk that may be taken.") {
            $0.machine.diskAvailableBytes.map(Double.init)
        },
        ExportedMetric("purser_network_received_bytes", .counter, "Bytes that clients sent.") {
            Double($0.receivedBytes)
        },
        ExportedMetric("purser_network_sent_bytes", .counter, "Bytes that were sent to clients.") {
            Double($0.sentBytes)
        },
        ExportedMetric(
            "purser_event_loop_delay_seconds",
            .summary,
            "How late the event loops ran what was due.",
            labels: ["quantile"]
        ) { Self.recorded(.eventLoopDelay, $0) },
    ]

    /// A built-in metric's samples as a summary.
    static func recorded(_ metric: BuiltInMetric, _ state: MetricsState) -> [Sample] {
        state.samples.metrics.first { $0.name == metric.rawValue }.map { Self.summary(of: $0, []) } ?? []
    }

    static func summary(of metric: MetricSummary, _ labels: [Label]) -> [Sample] {
        let percentiles = [("0.5", metric.p50), ("0.9", metric.p90), ("0.95", metric.p95), ("0.99", metric.p99)]
        return Sample.summary(
            labels,
            count: metric.count,
            sum: metric.sum,
            percentiles: percentiles.compactMap { name, value in value.map { (name, $0) } }
        )
    }
}
