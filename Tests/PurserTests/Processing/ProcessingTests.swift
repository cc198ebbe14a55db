import Foundation
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import Purser

/// Jobs as a program has them that uses the library.
@Suite(.timeLimit(.minutes(2))) struct ProcessingTests {
    private static let pipelines = [
        """
        name: count
        version: "1"
        steps:
          - name: counting
            uses: exec
            with: {program: wc, arguments: [-c, "{input}"]}
        """,
        """
        name: busy
        version: "1"
        steps:
          - name: counting
            uses: exec
            with:
              program: sh
              arguments: ["-c", "i=0; while [ $i -lt 500000 ]; do i=$((i+1)); done; wc -c \\"$0\\"", "{input}"]
        """,
        """
        name: fails
        version: "1"
        steps:
          - name: failing
            uses: exec
            with: {program: "false"}
        """,
    ]

    /// Runs a manager with the sample pipelines for the time of the body.
    private func run(
        _ change: (inout PurserConfiguration) -> Void = { _ in },
        _ body: (FileStorageManager) async throws -> Void
    ) async throws {
        let pipelines = try Self.pipelines.map { try Pipeline.read($0, file: "sample.yaml") }
        try await withManager { configuration in
            configuration.processing.pipelines = pipelines
            configuration.optimizer.isEnabled = false
            change(&configuration)
        } _: { manager, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await manager.run() }
                try await body(manager)
                await manager.drain(grace: .seconds(5))
                group.cancelAll()
            }
        }
    }

    /// All states of a job, and its report.
    private func follow(_ updates: ProcessingUpdates) async throws -> (states: [OperationState], report: JobReport) {
        var states: [OperationState] = []
        var report: JobReport?
        for try await update in updates {
            #expect(report == nil, "the report comes last")
            switch update {
            case .progress(let job): states.append(job.state)
            case .report(let last): report = last
            }
        }
        return (states, try #require(report))
    }

    @Test func jobIsASequenceOfStatesAndItsReport() async throws {
        try await self.run { manager in
            try await manager.upload(to: "default", key: "a", bytes: "hello".utf8)
            let file = JobFile(key: try FileKey("a"))
            let (states, report) = try await self.follow(try await manager.process("count", inputs: [file]))
            #expect(states.last == .succeeded)
            #expect(report.items.map(\.state) == [.succeeded] && report.job.files.succeeded == 1)
            let again = try await self.follow(try await manager.process("count", prefix: JobPrefix(prefix: "")))
            #expect(again.report.items.map(\.isCached) == [true])
            #expect(try manager.processingJobs(pipeline: "count").map(\.id) == [again.report.job.id, report.job.id])
            let summary = try #require(manager.performanceSummary().kinds.first { $0.kind == "process" })
            #expect(summary.count == 2 && summary.succeeded == 2)
            let samples = manager.monitor.operations.performance.snapshot().metrics
            #expect(samples.first { $0.name == "document_processing_time" }?.count == 2)
        }
    }

    @Test func jobsAreCountedByTheirState() async throws {
        try await self.run { manager in
            try await manager.upload(to: "default", key: "a", bytes: [1])
            let file = JobFile(key: try FileKey("a"))
            for pipeline in ["count", "fails", "count"] {
                _ = try await self.follow(try await manager.process(pipeline, inputs: [file]))
            }
            let jobs = try manager.monitor.metricsDocument().processing.jobs
            let none = ["queued": Int64(0), "running": 0, "cancelled": 0, "timed_out": 0]
            #expect(jobs == none.merging(["succeeded": 2, "failed": 1]) { $1 })
            let text = try manager.monitor.metricsText()
            for (state, count) in jobs {
                #expect(text.contains("\npurser_jobs{state=\"\(state)\"} \(count)\n"), "\(state)")
            }
        }
        try await self.run {
            $0.processing.isEnabled = false
        } _: { manager in
            let file = JobFile(key: try FileKey("a"))
            let first = try await manager.startProcessing(JobRequest(pipeline: "count", inputs: [file]))
            try await manager.startProcessing(JobRequest(pipeline: "count", inputs: [file]))
            try await manager.cancelProcessing(first.id)
            let jobs = try manager.monitor.metricsDocument().processing.jobs
            #expect(jobs["queued"] == 1 && jobs["cancelled"] == 1 && jobs.values.reduce(0, +) == 2)
        }
    }

    /// A program that lasts is looked at; what it took is told of the file, and not where its result was kept.
    @Test func memoryOfProgramsIsToldOfTheFileTheyWorkedFor() async throws {
        try await self.run { manager in
            try await manager.upload(to: "default", key: "a", bytes: [1])
            let file = JobFile(key: try FileKey("a"))
            for _ in 0..<2 { _ = try await self.follow(try await manager.process("busy", inputs: [file])) }
            let reports = manager.monitor.operations.ledger.latest(kind: "process")
            try #require(reports.count == 2)
            let resident = try #require(reports[1].childrenMaxResidentBytes)
            #expect((100_000..<1_000_000_000).contains(resident))
            #expect(reports[0].childrenMaxResidentBytes == nil)
            let kind = try #require(manager.performanceSummary().kinds.first { $0.kind == "process" })
            #expect(kind.highestChildResidentBytes == resident)
            let document = FinishedOperationDocument(reports[1])
            #expect(document.childrenMaxResidentBytes == resident)
        }
    }

    @Test func jobThatIsNotTakenIsInTheLogOfErrors() async throws {
        try await self.run { manager in
            await #expect(throws: ProcessingError.self) {
                try await manager.startProcessing(JobRequest(pipeline: "absent", prefix: JobPrefix(prefix: "")))
            }
            let entry = try #require(manager.errors().first)
            #expect(entry.code == "pipeline_not_found" && entry.kind == "process" && entry.severity == .low)
            #expect(manager.errors().count == 1)
        }
    }

    @Test func registeredFallbackDoesTheWorkOfAStep() async throws {
        try await self.run { manager in
            manager.registerFallback(for: "failing") { _, _, failure in
                StepOutput(values: ["instead_of": .string(failure.code)])
            }
            try await manager.upload(to: "default", key: "a", bytes: [1])
            let file = JobFile(key: try FileKey("a"))
            let (_, report) = try await self.follow(try await manager.process("fails", inputs: [file]))
            let step = try #require(report.items.first?.steps.first)
            #expect(step.state == .replaced && step.fallback == "registered")
            #expect(step.values["instead_of"]?.text == step.error?.code)
        }
    }

    @Test func registeredHandlerPutsAFileIntoQuarantine() async throws {
        try await self.run { manager in
            try await manager.upload(to: "default", key: "a", bytes: [1])
            let file = JobFile(key: try FileKey("a"))
            let (_, first) = try await self.follow(try await manager.process("fails", inputs: [file]))
            let error = try #require(first.items.first?.error)
            #expect(first.job.state == .failed && first.items.first?.state == .failed)
            manager.registerHandler(for: error.code) { $0.step == "failing" ? .quarantine : nil }
            let (_, second) = try await self.follow(try await manager.process("fails", inputs: [file]))
            #expect(second.items.map(\.state) == [.quarantined])
            let moved = try manager.file(in: .default, key: FileKey(".quarantine/a"))
            #expect(moved.metadata["error"] == error.code)
            #expect(throws: StoreError.self) { try manager.file(in: .default, key: FileKey("a")) }
            let entries = manager.errors(code: error.code)
            #expect(entries.count == 2 && entries.allSatisfy { $0.kind == "process" })
            #expect(entries.allSatisfy { $0.context["step"] == "failing" })
        }
    }

    @Test func pressureOnMemoryDropsKeptResults() async throws {
        try await self.run {
            $0.monitor.memory.elevatedBytes = 1_000
        } _: { manager in
            try await manager.upload(to: "default", key: "a", bytes: [1])
            let file = JobFile(key: try FileKey("a"))
            _ = try await self.follow(try await manager.process("count", inputs: [file]))
            #expect(manager.pipelineHost.figures().cache.memory.count == 1)
            var levels = manager.configuration.monitor.memory
            levels.elevatedBytes = 1_000
            manager.monitor.state.withLock { [levels] in $0.levels = MemoryLevels(levels) }
            let figures = await manager.monitor.machine.look()
            await manager.monitor.note(figures)
            let cache = manager.pipelineHost.figures().cache
            #expect(cache.memory.count == 0 && cache.disk.count == 1)
            #expect(try await manager.warmProcessing("count", prefix: JobPrefix(prefix: "")) == 1)
            #expect(manager.pipelineHost.figures().cache.memory.count == 1)
        }
    }

    @Test func brokenPipelineKeepsTheStoreClosedAndUnlocked() async throws {
        try await withTemporaryFolder { folder in
            let pipelines = folder.appending("pipelines").string
            try FileManager.default.createDirectory(atPath: pipelines, withIntermediateDirectories: false)
            let file = "\(pipelines)/bad.yaml"
            try Data("name: bad\nversion: \"1\"\nsteps: []\n".utf8).write(to: URL(filePath: file))
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("store")
            configuration.processing.folder = pipelines
            let error = await #expect(throws: PipelineProblems.self) {
                _ = try await FileStorageManager.open(configuration)
            }
            #expect(error?.problems.first?.file == file && error?.problems.first?.line == 3)
            configuration.processing.folder = nil
            let manager = try await FileStorageManager.open(configuration)
            #expect(manager.pipelines().isEmpty)
            try await manager.close()
        }
    }

    @Test func nothingIsTakenDuringAShutdown() async throws {
        try await self.run { manager in
            await manager.drain(grace: .zero)
            await expectError(.shuttingDown) {
                _ = try await manager.process("count", prefix: JobPrefix(prefix: ""))
            }
        }
    }
}
