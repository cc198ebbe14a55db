import NIOCore
import Purser
import PurserTestSupport
import SystemPackage
import Testing

/// Work of one's own, run as an operation.
@Suite(.timeLimit(.minutes(1))) struct WithOperationTests {
    private struct SampleError: Error {}

    @Test func stepsWeighAndAreRemembered() async throws {
        try await withManager { manager, _ in
            let id = OperationID()
            let value = try await manager.withOperation(
                "scan 12",
                steps: ["read", OperationStep("convert", weight: 3)],
                options: OperationOptions(admission: AdmissionOptions(operationID: id))
            ) { operation in
                #expect(operation.snapshot.progress.stepCount == 2)
                operation.begin("read")
                operation.update(fraction: 0.5)
                #expect(operation.snapshot.progress.fraction == 0.125)
                operation.begin("convert")
                #expect(operation.snapshot.progress.fraction == 0.25)
                operation.update(fraction: 0.5, message: "page 2", metadata: ["pages": "4"])
                #expect(operation.snapshot.progress.fraction == 0.625)
                operation.update(fraction: 0.1)
                #expect(operation.snapshot.progress.fraction == 0.625)
                return 42
            }
            #expect(value == 42)
            let snapshot = try #require(manager.operations.list(kind: .custom, limit: 10).snapshots.first)
            #expect(snapshot.id == id && snapshot.name == "scan 12")
            #expect(snapshot.state == .succeeded && snapshot.progress.fraction == 1)
            let history = try #require(manager.operations.history(id))
            #expect(history.map(\.step) == [nil, nil, "read", "convert", "convert", "convert"])
            #expect(history.contains { $0.message == "page 2" && $0.metadata == ["pages": "4"] })
        }
    }

    @Test func itTellsHowLongItWillStillTake() async throws {
        let clock = StepClock()
        try await withManager(clock: clock) { manager, _ in
            try await manager.withOperation("long") { operation in
                #expect(operation.snapshot.estimatedRemaining == nil)
                for tenth in 1...4 {
                    clock.advance(by: .seconds(1))
                    operation.update(fraction: Double(tenth) / 10)
                    _ = operation.snapshot
                }
                let remaining = try #require(operation.snapshot.estimatedRemaining)
                #expect(remaining > .milliseconds(5_900) && remaining < .milliseconds(6_100))
                #expect(operation.snapshot.elapsed == .seconds(4))
            }
        }
    }

    @Test func itWaitsForItsSlotLikeAnyOther() async throws {
        try await withManager {
            $0.resources.caps[.custom] = 1
        } _: { manager, _ in
            let (first, second) = (Held(manager), Held(manager, client: "other"))
            try await first.isRunning()
            await second.isQueued()
            #expect(manager.operations.snapshot(second.id)?.queuePosition == 1)
            #expect(manager.operations.snapshot(second.id)?.client == "other")
            first.mayEnd.open()
            try await second.isRunning()
            second.mayEnd.open()
            try await second.task.value
            #expect(manager.operations.snapshot(first.id)?.state == .succeeded)
        }
    }

    @Test func withoutASlotItIsRefusedAtItsDeadline() async throws {
        try await withManager {
            $0.resources.maxConcurrentOperations = 1
        } _: { manager, _ in
            let holder = Held(manager)
            try await holder.isRunning()
            let options = OperationOptions(admission: AdmissionOptions(deadline: .zero))
            await expectError(.waitExpired) {
                try await manager.withOperation("late", options: options) { _ in _ = Issue.record("it ran") }
            }
            holder.mayEnd.open()
            try await holder.task.value
        }
    }

    @Test func itReservesItsMemory() async throws {
        try await withManager { manager, _ in
            try await manager.withOperation("large", options: OperationOptions(memory: 30_000_000)) { _ in
                let metrics = try manager.systemMetrics()
                #expect(metrics.resources.memoryReserved == 30_000_000)
            }
            #expect(try manager.systemMetrics().resources.memoryReserved == 0)
            await expectError(.tooLargeForBudget) {
                try await manager.withOperation("huge", options: OperationOptions(memory: 1 << 40)) { _ in }
            }
        }
    }

    @Test func cancellingTheTaskCancelsTheOperation() async throws {
        try await withManager { manager, _ in
            let held = Held(manager)
            try await held.isRunning()
            held.task.cancel()
            await expectError(.operationCancelled) { try await held.task.value }
            #expect(manager.operations.snapshot(held.id)?.state == .cancelled)
            #expect(try manager.systemMetrics().resources.active == 0)
        }
    }

    @Test func cancellingTheOperationCancelsTheTaskOfTheBody() async throws {
        try await withManager { manager, _ in
            let (isRunning, id) = (Gate(), OperationID())
            let options = OperationOptions(admission: AdmissionOptions(operationID: id))
            let task = Task {
                try await manager.withOperation("body", options: options) { _ in
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            isRunning.open()
                            try await Gate().waitOrThrow()
                        }
                        try await group.waitForAll()
                    }
                }
            }
            await isRunning.wait()
            try manager.operations.cancel(id)
            await expectError(.operationCancelled) { try await task.value }
            #expect(!task.isCancelled)
            #expect(manager.operations.snapshot(id)?.state == .cancelled)
        }
    }

    @Test func cancellingWhatWaitsNeverRunsIt() async throws {
        try await withManager {
            $0.resources.maxConcurrentOperations = 1
        } _: { manager, _ in
            let (holder, waiter) = (Held(manager), Held(manager))
            try await holder.isRunning()
            await waiter.isQueued()
            waiter.task.cancel()
            await expectError(.operationCancelled) { try await waiter.task.value }
            #expect(manager.operations.snapshot(waiter.id)?.startedAt == nil)
            holder.mayEnd.open()
            try await holder.task.value
        }
    }

    @Test func anErrorOfTheBodyIsTheCallers() async throws {
        try await withManager { manager, _ in
            await #expect(throws: SampleError.self) {
                try await manager.withOperation("bad") { _ in throw SampleError() }
            }
            #expect(manager.operations.list(limit: 1).snapshots.first?.state == .failed)
        }
    }

    @Test func transfersWithinItRunInItsSlot() async throws {
        try await withManager {
            $0.resources.maxConcurrentOperations = 1
        } _: { manager, outside in
            let (key, copy) = (try FileKey("a"), try FileKey("b"))
            let bytes = sampleBytes(300_000)
            try await manager.withOperation("all of it") { _ in
                try await manager.upload(to: .default, key: key, bytes: bytes)
                try await manager.copy(CopyRequest(from: (.default, key), to: (.default, copy)))
                try await manager.download(from: .default, key: copy, to: outside.appending("b"))
                var read: [UInt8] = []
                for try await piece in manager.download(from: .default, key: key) {
                    read += piece.readableBytesView
                }
                expectSame(read, bytes)
                try await manager.upload(
                    to: .default,
                    key: FileKey("piped"),
                    body: manager.download(from: .default, key: key)
                )
                try await manager.delete(from: .default, key: key)
                #expect(try manager.systemMetrics().resources.active == 1)
            }
            #expect(try manager.file(in: .default, key: FileKey("piped")).size == 300_000)
            #expect(try manager.systemMetrics().resources.activeHighWater == 1)
            #expect(try manager.systemMetrics().resources.memoryReserved == 0)
        }
    }
}
