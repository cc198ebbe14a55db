import PurserMonitor
import PurserOperations
import PurserProcessing

extension ExportedMetric {
    /// Jobs, kept results, programs and workers.
    static let processing: [ExportedMetric] = [Self.jobs] + Self.results + Self.tools + Self.workers

    private static let jobs = ExportedMetric(
        "purser_jobs",
        .gauge,
        "Jobs that are kept, by how they stand.",
        labels: ["state"]
    ) { state in
        OperationState.allCases.map {
            Sample(labels: [Label("state", $0.rawValue)], value: Double(state.processing.jobs[$0] ?? 0))
        }
    }

    private static let results: [ExportedMetric] = [
        Self.result("purser_result_cache_hits", .counter, "Looks that found a kept result, by where.") { $0.hits },
        Self.result("purser_result_cache_misses", .counter, "Looks that found no kept result, by where.") { $0.misses },
        Self.result(
            "purser_result_cache_evictions",
            .counter,
            "Kept results that went to make room, or as their time was over, by where."
        ) { $0.evictions },
        Self.result("purser_result_cache_results", .gauge, "Results that are kept, by where.") { $0.count },
        Self.result("purser_result_cache_bytes", .gauge, "Bytes of the results that are kept, by where.") { $0.bytes },
        ExportedMetric("purser_result_cache_damaged", .counter, "Kept results that were found damaged, and removed.") {
            Double($0.processing.cache.damaged)
        },
        ExportedMetric("purser_result_cache_failures", .counter, "Results that could not be kept.") {
            Double($0.processing.cache.failures)
        },
    ]

    private static let tools: [ExportedMetric] = [
        Self.tool("purser_tool_runs", .counter, "Runs of programs that have begun.") { Double($0.runs) },
        Self.tool("purser_tool_failures", .counter, "Runs that failed by the program's own fault.") {
            Double($0.failures)
        },
        Self.tool("purser_tool_running", .gauge, "Runs of programs that have not ended.") { Double($0.running) },
        Self.tool("purser_tool_breaker_opened", .counter, "Times that a program failed too often to be run on.") {
            Double($0.timesOpened)
        },
        ExportedMetric(
            "purser_tool_breaker",
            .gauge,
            "1 for the state in which a program's breaker is, 0 for the others.",
            labels: ["tool", "breaker"]
        ) { state in
            state.processing.tools.flatMap { tool in
                ToolFigures.State.allCases.map {
                    Sample(
                        labels: [Label("tool", tool.program), Label("breaker", $0.rawValue)],
                        value: tool.state == $0 ? 1 : 0
                    )
                }
            }
        },
    ]

    private static let workers: [ExportedMetric] = [
        Self.worker("purser_workers_ready", .gauge, "Workers of a step that are ready, or at work.") {
            Double($0.ready)
        },
        Self.worker("purser_workers_waiting", .gauge, "Files that wait for a worker of a step.") { Double($0.waiting) },
        Self.worker("purser_workers_started", .counter, "Workers of a step that were started.") { Double($0.started) },
        Self.worker("purser_workers_lost", .counter, "Workers of a step that ended without being told to.") {
            Double($0.lost)
        },
    ]

    private static func result(
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ help: String,
        _ value: @escaping @Sendable (ResultCacheFigures.Tier) -> Int64
    ) -> ExportedMetric {
        ExportedMetric(name, kind, help, labels: ["tier"]) { state in
            let cache = state.processing.cache
            return [("memory", cache.memory), ("disk", cache.disk)].map { name, tier in
                Sample(
                    suffix: kind == .counter ? "_total" : "",
                    labels: [Label("tier", name)],
                    value: Double(value(tier))
                )
            }
        }
    }

    private static func tool(
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ help: String,
        _ value: @escaping @Sendable (ToolFigures) -> Double
    ) -> ExportedMetric {
        ExportedMetric(name, kind, help, labels: ["tool"]) { state in
            state.processing.tools.map {
                Sample(
                    suffix: kind == .counter ? "_total" : "",
                    labels: [Label("tool", $0.program)],
                    value: value($0)
                )
            }
        }
    }

    private static func worker(
        _ name: String,
        _ kind: MetricFamily.Kind,
        _ help: String,
        _ value: @escaping @Sendable (WorkerFigures) -> Double
    ) -> ExportedMetric {
        ExportedMetric(name, kind, help, labels: ["pipeline", "step"]) { state in
            state.processing.workers.map {
                Sample(
                    suffix: kind == .counter ? "_total" : "",
                    labels: [Label("pipeline", $0.pipeline), Label("step", $0.step)],
                    value: value($0.figures)
                )
            }
        }
    }
}
