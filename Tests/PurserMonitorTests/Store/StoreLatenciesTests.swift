import PurserOperations
import Synchronization
import Testing

@testable import PurserMonitor

@Suite struct StoreLatenciesTests {
    @Test func eachStageHasItsOwnFigures() throws {
        let latencies = StoreLatencies()
        for index in 1...100 { latencies.record(.fsync, .milliseconds(index)) }
        latencies.record(.rename, .microseconds(7))
        let summary = latencies.summary()
        let fsync = try #require(summary.stages[.fsync])
        #expect(fsync.count == 100)
        // Two digits are exact: half a percent either way.
        #expect(abs(fsync.p50.inSeconds - 0.050) < 0.0005)
        #expect(abs(fsync.p95.inSeconds - 0.095) < 0.0008)
        #expect(abs(fsync.max.inSeconds - 0.100) < 0.0008)
        #expect(summary.stages[.rename]?.count == 1)
        #expect(summary.stages[.blobRead] == DurationSummary())
        #expect(summary.stages.count == StoreStage.allCases.count)
    }

    @Test func aCommitTellsItsSizeAndTheWaitOfEachWrite() {
        let latencies = StoreLatencies()
        latencies.recordCommit(.milliseconds(3), waits: [.milliseconds(1), .milliseconds(2)])
        latencies.recordCommit(.milliseconds(5), waits: (0..<8).map { _ in .zero })
        let summary = latencies.summary()
        #expect(summary.stages[.catalogCommit]?.count == 2)
        #expect(summary.stages[.writerWait]?.count == 10)
        #expect(summary.batchSize.count == 2)
        #expect(summary.batchSize.mean == 5)
        #expect((summary.batchSize.p50, summary.batchSize.max) == (2, 8))
    }

    @Test func slowStatementsAreCountedByLabelWithinABound() {
        let latencies = StoreLatencies()
        latencies.recordSlowStatement("filesFrom", .milliseconds(60))
        latencies.recordSlowStatement("filesFrom", .milliseconds(90))
        let slow = latencies.summary().slowStatements["filesFrom"]
        #expect(slow?.count == 2)
        #expect(slow?.total == .milliseconds(150))
        #expect(slow?.longest == .milliseconds(90))
        for index in 0..<10_000 { latencies.recordSlowStatement("label \(index)", .milliseconds(60)) }
        let labels = latencies.summary().slowStatements
        #expect(labels.count == StoreLatencies.maxLabels + 1)
        #expect(labels["other"]?.count == 10_001 - StoreLatencies.maxLabels)
    }

    @Test func recordingFromManyThreadsLosesNothing() async {
        let latencies = StoreLatencies()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for index in 0..<1_000 { latencies.record(.blobRead, .microseconds(index)) }
                }
            }
        }
        #expect(latencies.summary().stages[.blobRead]?.count == 8_000)
    }
}
