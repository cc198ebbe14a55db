import PurserOperations
import PurserProcessing

/// How processing does: a part of `GET /v1/metrics`.
package struct ProcessingFiguresDocument: Codable, Sendable {
    /// One place where results are kept.
    package struct Tier: Codable, Sendable {
        package var hits: Int64
        package var misses: Int64
        package var evictions: Int64
        package var results: Int64
        package var bytes: Int64

        init(_ tier: ResultCacheFigures.Tier) {
            self.hits = tier.hits
            self.misses = tier.misses
            self.evictions = tier.evictions
            self.results = tier.count
            self.bytes = tier.bytes
        }
    }

    /// Kept results.
    package struct Cache: Codable, Sendable {
        package var memory: Tier
        package var disk: Tier
        package var damaged: Int64
        package var failures: Int64
    }

    /// A program that was run.
    package struct Tool: Codable, Sendable {
        package var breaker: String
        package var breakerOpened: Int
        package var runs: Int64
        package var failures: Int64
        package var running: Int
    }

    /// The workers of a step.
    package struct Workers: Codable, Sendable {
        package var pipeline: String
        package var step: String
        package var ready: Int
        package var waiting: Int
        package var started: Int
        package var lost: Int
    }

    /// Jobs that are kept, by how they stand.
    package var jobs: [String: Int64]
    package var cache: Cache
    package var tools: [String: Tool]
    package var workers: [Workers]

    init(_ figures: ProcessingFigures) {
        self.jobs = Dictionary(uniqueKeysWithValues: figures.jobs.map { ($0.key.rawValue, $0.value) })
        self.cache = Cache(
            memory: Tier(figures.cache.memory),
            disk: Tier(figures.cache.disk),
            damaged: figures.cache.damaged,
            failures: figures.cache.failures
        )
        self.tools = Dictionary(
            figures.tools.map { tool in
                let document = Tool(
                    breaker: tool.state.rawValue,
                    breakerOpened: tool.timesOpened,
                    runs: tool.runs,
                    failures: tool.failures,
                    running: tool.running
                )
                return (tool.program, document)
            }
        ) { first, _ in first }
        self.workers = figures.workers.map { workers in
            Workers(
                pipeline: workers.pipeline,
                step: workers.step,
                ready: workers.figures.ready,
                waiting: workers.figures.waiting,
                started: workers.figures.started,
                lost: workers.figures.lost
            )
        }
    }
}
