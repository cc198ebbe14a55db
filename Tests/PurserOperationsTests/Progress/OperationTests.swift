import PurserIdentifiers
import PurserTestSupport
import Testing

@testable import PurserOperations

@Suite struct OperationTests {
    private let clock = StepClock()

    private func begin(bytes: Int64? = nil, limit: Int = 100) throws -> PurserOperations.Operation {
        var configuration = ProgressConfiguration()
        configuration.historyLimit = limit
        let tracker = ProgressTracker(clock: self.clock, configuration: configuration)
        return try tracker.begin(.upload, name: "a", bytesTotal: bytes)
    }

    @Test func bytesMoveTheFraction() throws {
        let operation = try self.begin(bytes: 200)
        try operation.start()
        operation.advance(bytes: 50)
        #expect(operation.snapshot.progress.fraction == 0.25)
        #expect(operation.snapshot.progress.bytesDone == 50)
    }

    @Test func weightedStepsMakeTheWhole() throws {
        let operation = try self.begin()
        operation.setSteps([OperationStep("one", weight: 1), OperationStep("two", weight: 3)])
        operation.begin("one")
        operation.update(fraction: 0.5)
        #expect(operation.snapshot.progress.fraction == 0.125)
        operation.begin("two")
        #expect(operation.snapshot.progress.fraction == 0.25)
        operation.update(fraction: 0.5)
        let progress = operation.snapshot.progress
        #expect(progress.fraction == 0.625)
        #expect((progress.step, progress.stepIndex, progress.stepCount) == ("two", 1, 2))
        #expect(progress.stepFraction == 0.5)
    }

    @Test func theFractionNeverGoesBack() throws {
        let operation = try self.begin(bytes: 100)
        operation.advance(bytes: 80)
        #expect(operation.snapshot.progress.fraction == 0.8)
        operation.bytesTotal = 1_000
        #expect(operation.snapshot.progress.fraction == 0.8)
        operation.update(fraction: 0.1)
        #expect(operation.snapshot.progress.fraction == 0.8)
        operation.update(fraction: .nan)
        operation.update(fraction: 7)
        #expect(operation.snapshot.progress.fraction == 1)
    }

    @Test func theDocumentStagesAreThere() {
        #expect(
            OperationStep.documentStages.map(\.name) == [
                "uploading", "validating", "pdf_processing", "ocr_processing", "layout_analysis",
                "data_normalization", "schema_validation",
            ]
        )
        #expect(OperationStep.documentStages.reduce(0) { $0 + $1.weight } == 100)
    }

    @Test func theRestIsEstimatedOnceThereIsEvidence() throws {
        let operation = try self.begin(bytes: 1_000)
        try operation.start()
        operation.advance(bytes: 100)
        #expect(operation.snapshot.estimatedRemaining == nil)
        for _ in 0..<5 {
            self.clock.advance(by: .seconds(1))
            operation.advance(bytes: 100)
            _ = operation.snapshot
        }
        // 100 bytes came before the first second: 600 in 5 s, 400 to go.
        let remaining = try #require(operation.snapshot.estimatedRemaining)
        #expect(abs(remaining.inSeconds - 400 / 120) < 0.5)
        self.clock.advance(by: .seconds(60))
        #expect(try #require(operation.snapshot.estimatedRemaining) > .seconds(60))
        operation.finish(.success(()))
        #expect(operation.snapshot.estimatedRemaining == nil)
        #expect(operation.snapshot.elapsed == .seconds(65))
    }

    @Test func historyHasAnEntryPerChangeAndNoneForBytes() throws {
        let operation = try self.begin()
        try operation.start()
        operation.advance(bytes: 5)
        operation.update(fraction: 0.1)
        operation.begin("one")
        operation.begin("one")
        operation.update(message: "hello", metadata: ["pages": "3"])
        operation.update(message: "hello")
        operation.finish(.success(()))
        operation.update(message: "too late")
        #expect(operation.history.map(\.state) == [.queued, .running, .running, .running, .succeeded])
        #expect(operation.history.map(\.step) == [nil, nil, "one", "one", "one"])
        #expect(operation.history[3].metadata == ["pages": "3"])
        #expect(operation.history.last?.message == "hello")
    }

    @Test func historyKeepsTheNewest() throws {
        let operation = try self.begin(limit: 3)
        for index in 0..<10 { operation.update(message: "\(index)") }
        #expect(operation.history.map(\.message) == ["7", "8", "9"])
    }

    @Test func handlersAreCalledOnceAndAlsoWhenTheyComeLate() throws {
        let operation = try self.begin()
        let calls = Calls()
        operation.onCancel { calls.add("early \($0)") }
        try operation.cancel(.disconnected)
        try operation.cancel(.shutdown)
        operation.onCancel { calls.add("late \($0)") }
        #expect(calls.all == ["early disconnected", "late disconnected"])
        #expect(throws: OperationError.self) { try operation.checkCancellation() }
        #expect(throws: OperationError.self) { try operation.seal() }
        operation.finish(.failure(CancellationError()))
        #expect(operation.state == .cancelled)
    }

    @Test func theFirstEndCounts() throws {
        let operation = try self.begin()
        try operation.start()
        #expect(operation.finish(.success(())) == .succeeded)
        #expect(operation.finish(.failure(CancellationError())) == nil)
        #expect(operation.state == .succeeded)
        #expect(throws: OperationError.self) { try operation.cancel() }
    }
}
