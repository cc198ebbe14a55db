import Foundation
import PurserTestSupport
import SystemPackage
import Testing

@testable import Purser

/// Calls of the library that take no slot, or never get as far, are operations to those who look at the figures.
@Suite(.timeLimit(.minutes(1))) struct CountedCallTests {
    private func kind(_ name: String, _ manager: FileStorageManager) throws -> KindSummary {
        try #require(manager.performanceSummary().kinds.first { $0.kind == name })
    }

    @Test func questionsAreCountedByTheirAnswers() async throws {
        try await withManager { manager, _ in
            try await manager.upload(to: "default", key: "a", bytes: [1])
            for _ in 0..<2 { _ = try manager.file(in: .default, key: FileKey("a")) }
            for _ in 0..<3 {
                #expect(throws: StoreError.self) { try manager.file(in: .default, key: FileKey("absent")) }
            }
            let stat = try self.kind("stat", manager)
            #expect(stat.count == 5 && stat.succeeded == 2 && stat.failed == 3 && stat.refused == 0)
            #expect(stat.errors.map(\.code) == ["file_not_found"] && stat.errors[0].count == 3)
            #expect(stat.wait.count == 0 && stat.duration.count == 5)
            let entries = manager.errors(code: "file_not_found")
            #expect(entries.count == 3 && entries.allSatisfy { $0.context["name"] == "default/absent" })
            // No is an answer: nobody is to be told of it.
            let rates = manager.monitor.operations.performance.samples(of: "error_rate_percent")
            #expect(rates.map(\.value) == [0])
        }
    }

    @Test func pagesAndBucketsAreCounted() async throws {
        try await withManager { manager, _ in
            let photos = try BucketName("photos")
            _ = try await manager.createBucket(photos)
            _ = try manager.buckets()
            _ = try manager.bucket(photos)
            _ = try manager.list(ListRequest(bucket: photos))
            for try await _ in manager.list(in: photos) { Issue.record("there is no file") }
            try await manager.deleteBucket(photos)
            await #expect(throws: StoreError.self) { try await manager.deleteBucket(photos) }
            #expect(throws: StoreError.self) { try manager.list(ListRequest(bucket: photos)) }
            let bucket = try self.kind("bucket", manager)
            #expect(bucket.succeeded == 4 && bucket.failed == 1)
            let list = try self.kind("list", manager)
            #expect(list.succeeded == 2 && list.failed == 1)
            #expect(manager.monitor.operations.performance.summary(of: "search_response_time")?.count == 3)
            #expect(manager.performanceSummary().totalOperations == 8)
        }
    }

    @Test func transferThatCannotBeginIsRefused() async throws {
        try await withManager {
            $0.resources.maxFileSize = 10
        } _: { manager, outside in
            try await manager.upload(to: "default", key: "a", bytes: [1, 2, 3])
            await #expect(throws: StoreError.self) {
                try await manager.upload(to: "default", key: "b", bytes: Array(repeating: 1, count: 11))
            }
            await #expect(throws: TransferError.self) {
                try await manager.upload(to: .default, key: FileKey("c"), file: outside.appending("absent"))
            }
            await #expect(throws: TransferError.self) {
                try await manager.download(from: .default, key: FileKey("a"), upTo: 2)
            }
            await #expect(throws: StoreError.self) {
                try await manager.download(from: .default, key: FileKey("absent"), upTo: 2)
            }
            let upload = try self.kind("upload", manager)
            #expect(upload.count == 3 && upload.succeeded == 1 && upload.refused == 2 && upload.failed == 0)
            #expect(Set(upload.errors.map(\.code)) == ["file_too_large", "source_unreadable"])
            let download = try self.kind("download", manager)
            #expect(download.count == 2 && download.refused == 2)
            #expect(Set(download.errors.map(\.code)) == ["over_limit", "file_not_found"])
            #expect(manager.errors().count == 4)
            #expect(manager.operations.list(limit: 10).snapshots.map(\.name) == ["default/a"], "none is remembered")
        }
    }

    @Test func factsOfAnOperationAreInItsReport() async throws {
        try await withManager { manager, _ in
            try await manager.withOperation("convert") { operation in
                operation.update(message: "one", metadata: ["page": "1", "language": "de"])
                operation.update(message: "two", metadata: ["page": "2"])
            }
            let report = try #require(manager.monitor.operations.ledger.latest(1).first)
            #expect(report.metadata == ["page": "2", "language": "de"])
        }
    }

    @Test func memoryOfTheProcessIsToldOfOnesOwnWorkToo() async throws {
        try await withWatched { watched, _ in
            var figures = MachineFigures()
            figures.memory.resident = 1_000
            await watched.look(figures)
            await watched.manager.withMonitoredOperation("layout") {
                watched.time.pass(.seconds(5))
                figures.memory.resident = 3_000
                await watched.look(figures)
                watched.time.pass(.seconds(5))
                figures.memory.resident = 2_000
                await watched.look(figures)
            }
            let report = try #require(watched.manager.monitor.operations.ledger.latest(1, kind: "layout").first)
            #expect(report.residentBytes == .init(atStart: 1_000, atEnd: 2_000, highest: 3_000))
        }
    }
}
