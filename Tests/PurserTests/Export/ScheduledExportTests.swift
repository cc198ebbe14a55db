import Foundation
import Logging
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

@testable import Purser

/// Exports that are written by themselves, at the times of a clock that the test moves.
@Suite(.timeLimit(.minutes(1))) struct ScheduledExportTests {
    private func names(_ folder: FilePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.string).sorted()
    }

    @Test func latestOnesStayAndOthersOfTheFolderToo() async throws {
        try await withTemporaryFolder { folder in
            try await withWatched {
                $0.monitor.export.path = folder.appending("m-%Y%m%dT%H%M%S.json").string
                $0.monitor.export.keep = 2
            } _: { watched, _ in
                try Data("mine".utf8).write(to: URL(filePath: folder.appending("m-of-mine.json").string))
                for _ in 0..<4 {
                    await watched.monitor.exportAsScheduled()
                    watched.time.pass(.seconds(60))
                }
                // 1,800,000,000 seconds after 1970, and one and two minutes before the last.
                let names = try self.names(folder)
                #expect(names == ["m-20270115T080200.json", "m-20270115T080300.json", "m-of-mine.json"])
                #expect(watched.states("export_failed").isEmpty)
            }
        }
    }

    @Test func exportsOfAnEarlierProcessGoInTheirTurn() async throws {
        try await withTemporaryFolder { folder in
            let time = TestTime()
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("store")
            configuration.monitor.export.path = folder.appending("%H%M%S.csv").string
            configuration.monitor.export.format = .csv
            configuration.monitor.export.keep = 2
            for _ in 0..<3 {
                let manager = try await FileStorageManager.open(
                    configuration,
                    fileSystem: LocalFileSystem(),
                    clock: time.clock,
                    now: { time.now },
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                await manager.monitor.exportAsScheduled()
                time.pass(.seconds(1))
                try await manager.close()
            }
            let names = try self.names(folder)
            #expect(names == ["080001.csv", "080002.csv", "store"])
        }
    }

    @Test func exportThatCannotBeWrittenIsAnAlertUntilOneIs() async throws {
        try await withTemporaryFolder { folder in
            let place = folder.appending("later")
            try await withWatched {
                $0.monitor.export.path = place.appending("m-%S.json").string
                $0.monitor.export.keep = 1
            } _: { watched, _ in
                for _ in 0..<3 {
                    await watched.monitor.exportAsScheduled()
                    watched.time.pass(.seconds(1))
                }
                #expect(watched.states("export_failed") == [.firing])
                let alert = try #require(watched.manager.alerts().first { $0.rule == "export_failed" })
                #expect(alert.occurrences == 3 && alert.message.contains("m-02.json"))
                try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: false)
                await watched.monitor.exportAsScheduled()
                #expect(watched.states("export_failed") == [.resolved])
                let names = try self.names(place)
                #expect(names == ["m-03.json"])
            }
        }
    }

    /// What failed is no export: the good ones that there are stay.
    @Test func failuresTakeNoPlaceOfGoodExports() async throws {
        try await withTemporaryFolder { folder in
            let disk = FaultyFileSystem()
            try await withWatched(fileSystem: disk) {
                $0.monitor.export.path = folder.appending("m-%S.json").string
                $0.monitor.export.keep = 2
            } _: { watched, _ in
                for isFailing in [false, false, true, true, false] {
                    if isFailing { disk.fail(.rename, with: .inputOutput, on: "m-0", times: 1) }
                    await watched.monitor.exportAsScheduled()
                    watched.time.pass(.seconds(1))
                }
                #expect(disk.injectedFaults == 2)
                let names = try self.names(folder)
                #expect(names == ["m-01.json", "m-04.json"])
            }
        }
    }
}
