import Foundation
import Logging
import PurserTestSupport
import Testing

@testable import Purser

/// What becomes of jobs as time goes on, and as services come and go.
@Suite(.timeLimit(.minutes(2))) struct ProcessingLifeTests {
    @Test func jobGoesOnWhereTheServiceWasStopped() async throws {
        try await withTemporaryFolder { folder in
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("store")
            configuration.optimizer.isEnabled = false
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let held = HeldStep()
            configuration.processing.pipelines = [held.pipeline]
            let id = try await withFileStorageManager(configuration: configuration, logger: logger) { manager in
                try await manager.upload(to: "default", key: "a", bytes: [1, 2])
                try await manager.upload(to: "default", key: "b", bytes: [3])
                let job = try await manager.startProcessing(JobRequest(pipeline: "held", prefix: JobPrefix(prefix: "")))
                await held.entered.wait()
                return job.id
            }
            let open = HeldStep()
            open.mayEnd.open()
            configuration.processing.pipelines = [open.pipeline]
            try await withFileStorageManager(configuration: configuration, logger: logger) { manager in
                #expect(try manager.processingJob(id).endedAt == nil)
                var report: JobReport?
                for try await update in try manager.processingUpdates(of: id) {
                    if case .report(let last) = update { report = last }
                }
                #expect(report?.job.state == .succeeded && report?.job.files.succeeded == 2)
                #expect(report?.items.map(\.state) == [.succeeded, .succeeded])
                #expect(report?.items.first?.steps.first?.values == ["size": .integer(2)])
            }
        }
    }

    /// Where no jobs are run, the end of the store is the end of what is told of them.
    @Test func nobodyWaitsForAJobOfAStoreThatIsClosed() async throws {
        try await withTemporaryFolder { folder in
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("store")
            configuration.optimizer.isEnabled = false
            configuration.processing.isEnabled = false
            configuration.processing.pipelines = [HeldStep().pipeline]
            let manager = try await FileStorageManager.open(configuration)
            try await manager.upload(to: "default", key: "a", bytes: [1])
            let updates = try await manager.process("held", inputs: [JobFile(key: try FileKey("a"))])
            let begun = Gate()
            let watched = Task {
                var states: [OperationState] = []
                for try await update in updates {
                    if case .progress(let job) = update { states.append(job.state) }
                    begun.open()
                }
                return states
            }
            await begun.wait()
            try await manager.close()
            let states = try await watched.value
            #expect(states == [.queued])
        }
    }

    @Test func fileThatTakesLongIsToldAt20And25And30Seconds() async throws {
        let clock = StepClock()
        let held = HeldStep()
        try await withManager(clock: clock) { configuration in
            configuration.processing.pipelines = [held.pipeline]
        } _: { manager, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await manager.processing.run() }
                try await manager.upload(to: "default", key: "a", bytes: [1])
                let file = JobFile(key: try FileKey("a"))
                let job = try await manager.startProcessing(JobRequest(pipeline: "held", inputs: [file]))
                await held.entered.wait()
                let begun = clock.now.offset
                func alerts(after seconds: Double) async -> [EventAlert] {
                    clock.advance(by: begun + .seconds(seconds) - clock.now.offset)
                    await manager.monitor.lookAtOperations()
                    let open = manager.alerts(in: [.firing]).filter { $0.subject == "process" }
                    return open.compactMap { EventAlert(rawValue: $0.rule) }
                }
                let early = await alerts(after: 19.9)
                #expect(early == [])
                let warning = await alerts(after: 20.1)
                #expect(warning.contains(.durationWarning) && !warning.contains(.durationCritical))
                let critical = await alerts(after: 25.1)
                #expect(critical.contains(.durationCritical) && !critical.contains(.durationMaximum))
                let maximum = await alerts(after: 30.1)
                #expect(maximum.contains(.durationMaximum))
                held.mayEnd.open()
                // Not by its updates, which keep their distance by the clock that stands still.
                while try manager.processingJob(job.id).endedAt == nil { await Task.yield() }
                #expect(try manager.processingJob(job.id).state == .succeeded)
                let samples = manager.monitor.operations.performance.snapshot().metrics
                let time = try #require(samples.first { $0.name == "document_processing_time" })
                let seconds = try #require(time.last)
                #expect(time.count == 1 && seconds >= 30)
                group.cancelAll()
            }
        }
    }
}
