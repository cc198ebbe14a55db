import Benchmark
import Logging
import PurserOperations

/// The resource manager without anything around it: what admission and progress add to every operation.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput],
        warmupIterations: 5,
        scalingFactor: .kilo,
        maxDuration: .seconds(3),
        maxIterations: 500
    )

    Benchmark("slot") { benchmark in
        let manager = makeManager(slots: 8)
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            try await manager.withSlot(for: .upload, memory: 1, name: "benchmark") { _ in }
        }
        benchmark.stopMeasurement()
    }

    Benchmark("slot, 64 tasks") { benchmark in
        let manager = makeManager(slots: 8)
        let count = benchmark.scaledIterations.count
        benchmark.startMeasurement()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<64 {
                group.addTask {
                    for _ in 0..<(count / 64) {
                        try await manager.withSlot(for: .upload, memory: 1, name: "benchmark") { _ in }
                    }
                }
            }
            try await group.waitForAll()
        }
        benchmark.stopMeasurement()
    }

    Benchmark("progress") { benchmark in
        let manager = makeManager(slots: 8)
        let iterations = benchmark.scaledIterations
        // One task at a time uses it.
        nonisolated(unsafe) let benchmark = benchmark
        try await manager.withSlot(for: .upload, bytes: 1 << 40, memory: 1, name: "benchmark") { slot in
            benchmark.startMeasurement()
            for _ in iterations { slot.operation.advance(bytes: 1024) }
            benchmark.stopMeasurement()
        }
    }
}

/// A manager whose operations all fit.
private func makeManager(slots: Int) -> ResourceManager {
    var configuration = ResourceConfiguration()
    configuration.maxConcurrentOperations = slots
    return ResourceManager(
        configuration: configuration,
        tracker: ProgressTracker(),
        logger: Logger(label: "benchmark")
    )
}
