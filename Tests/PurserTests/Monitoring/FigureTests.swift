import Foundation
import PurserMonitor
import PurserTestSupport
import Testing

@testable import Purser

@Suite(.timeLimit(.minutes(2)))
struct FigureTests {
    private func fill(_ manager: FileStorageManager) async throws {
        try await manager.upload(to: "default", key: "small", bytes: Array(repeating: 1, count: 1_000))
        try await manager.upload(to: "default", key: "large", bytes: Array(repeating: 2, count: 300_000))
        var wrong = UploadOptions()
        wrong.digests.sha256 = BlobID(hex: String(repeating: "0", count: 64))
        for number in 0..<3 {
            let error = await #expect(throws: StoreError.self) {
                try await manager.upload(to: "default", key: "wrong\(number)", bytes: [UInt8(number)], options: wrong)
            }
            #expect(error?.code == .digestMismatch)
        }
        try await manager.download(from: .default, key: FileKey("large"), range: 0..<100_000) { _, _ in }
        try await manager.delete(from: .default, key: FileKey("small"))
    }

    @Test
    func countsAndBytesAreThoseOfWhatWasDone() async throws {
        try await withManager { manager, _ in
            try await self.fill(manager)
            let summary = manager.performanceSummary()
            let upload = try #require(summary.kinds.first { $0.kind == "upload" })
            #expect(upload.count == 5)
            #expect(upload.succeeded == 2)
            #expect(upload.failed == 3)
            #expect(upload.bytes == 301_003)
            #expect(upload.errors.map(\.code) == ["digest_mismatch"])
            #expect(upload.errors.first?.count == 3)
            #expect(upload.duration.count == 5)
            #expect(upload.wait.count == 5)
            let download = try #require(summary.kinds.first { $0.kind == "download" })
            #expect(download.succeeded == 1)
            #expect(download.bytes == 100_000)
            #expect(summary.kinds.first { $0.kind == "delete" }?.succeeded == 1)
            #expect(summary.totalOperations == 7)
            #expect(summary.successRatePercent == 100 * 4.0 / 7)
        }
    }

    @Test
    func failuresAreInTheLogOfErrors() async throws {
        try await withManager { manager, _ in
            try await self.fill(manager)
            let errors = manager.errors(code: "digest_mismatch")
            #expect(errors.count == 3)
            #expect(errors.allSatisfy { $0.kind == "upload" && $0.severity == .medium })
            #expect(manager.errors(severity: .critical).isEmpty)
        }
    }

    @Test
    func stagesTellWhereTheTimeWent() async throws {
        try await withManager { manager, _ in
            try await manager.upload(to: "default", key: "large", bytes: Array(repeating: 2, count: 300_000))
            let report = try #require(manager.monitor.operations.ledger.latest(1).first)
            for stage in OperationStage.allCases {
                #expect((report.stages[stage] ?? .zero) > .zero, "\(stage)")
            }
            #expect((report.cpuTime ?? .zero) > .zero)
        }
    }

    @Test
    func whatIsSwitchedOffMeasuresNothing() async throws {
        try await withManager {
            $0.monitor.measuring.isEnabled = false
        } _: { manager, _ in
            try await self.fill(manager)
            #expect(manager.performanceSummary().kinds.isEmpty)
            #expect(manager.errors().isEmpty)
        }
    }

    @Test
    func userMetricsAndWorkAreMeasuredUnderTheirNames() async throws {
        try await withWatched { watched, _ in
            let manager = watched.manager
            try manager.record("ocr.pages", 12, tags: ["language": "de"], context: ["file": "a.pdf"])
            await #expect(throws: CancellationError.self) {
                try await manager.withMonitoredOperation("layout") { throw CancellationError() }
            }
            await manager.withMonitoredOperation("layout") { watched.time.pass(.seconds(1)) }
            let id = try manager.startMonitoredOperation("tier1")
            watched.time.pass(.milliseconds(2_100))
            try manager.endMonitoredOperation(id)
            let kinds = manager.performanceSummary().kinds
            #expect(kinds.first { $0.kind == "layout" }?.cancelled == 1)
            #expect(kinds.first { $0.kind == "layout" }?.succeeded == 1)
            #expect(kinds.first { $0.kind == "tier1" }?.duration.max == 2.1)
            let document = try manager.monitor.metricsDocument()
            #expect(document.metrics["ocr.pages"]?.last == 12)
            await watched.look()
            #expect(watched.states("duration_warning") == [.firing])
        }
    }
}
