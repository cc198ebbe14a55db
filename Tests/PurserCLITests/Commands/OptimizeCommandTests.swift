import ArgumentParser
import Foundation
import Logging
import Purser
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserCLI

/// `purser optimize` and `purser verify` on a real store, with a server and without one.
@Suite(.timeLimit(.minutes(2)))
struct OptimizeCommandTests {
    private static let content = String(
        repeating: "a line of a log that says the same as the one before\n",
        count: 4_000
    )

    private static func quickly(_ configuration: inout PurserConfiguration) {
        configuration.optimizer.isEnabled = false
        configuration.optimizer.throttle.bytesPerSecond = nil
        configuration.optimizer.throttle.cpuShare = nil
    }

    private static func store(_ live: LiveService) async throws {
        for key in ["a.log", "b.log"] {
            try await live.manager.upload(to: "default", key: key, bytes: Array("\(key)\n\(Self.content)".utf8))
        }
        try await live.manager.upload(to: "default", key: "copy.log", bytes: Array("a.log\n\(Self.content)".utf8))
    }

    @Test(arguments: LiveService.Way.allCases)
    func runsAreTheSameWithAndWithoutAServer(_ way: LiveService.Way) async throws {
        try await LiveService.run(way, Self.quickly) { live in
            try await Self.store(live)
            let before = try live.manager.systemMetrics().storage.physicalBytes
            let dry = try await live.service.optimize(
                OptimizeRequest(strategies: [.compression], isDryRun: true),
                follows: true
            ) { _ in }
            #expect(dry.state == "succeeded" && dry.dryRun && dry.spaceSavedBytes > 300_000)
            #expect(try live.manager.systemMetrics().storage.physicalBytes == before)
            let run = try await live.service.optimize(OptimizeRequest(strategies: [.compression]), follows: true) { _ in
            }
            #expect(run.state == "succeeded")
            #expect(try live.manager.systemMetrics().storage.physicalBytes == before - run.spaceSavedBytes)
            #expect(try await live.service.optimizerRuns(after: nil, limit: 10).runs.map(\.id) == [run.id, dry.id])
            #expect(try await live.service.optimizerRun(run.id).spaceSavedBytes == run.spaceSavedBytes)
            #expect(try await live.service.optimizerStats().spaceSavedBytes == run.spaceSavedBytes)
            #expect(try await live.service.duplicates(after: nil, limit: 10).duplicates.map(\.files) == [2])
            #expect(try await live.service.removals(ofRun: run.id, after: nil, limit: 10).removals.isEmpty)
            let error = await #expect(throws: (any Error).self) { _ = try await live.service.optimizerRun("none") }
            #expect(CommandError(describing: try #require(error)).code == "run_not_found")
        }
    }

    @Test func aRunThatWasCutOffGoesOnFirst() async throws {
        try await withTemporaryFolder { folder in
            var configuration = PurserConfiguration()
            configuration.storage.path = folder.appending("storage")
            configuration.storage.freeSpaceFloor = 0
            Self.quickly(&configuration)
            var slow = configuration
            slow.optimizer.throttle.bytesPerSecond = 65_536
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let first = try await withFileStorageManager(configuration: slow, logger: logger) { manager in
                let bytes = Array(String(repeating: Self.content, count: 20).utf8)
                try await manager.upload(to: "default", key: "large.log", bytes: bytes)
                let run = try await manager.optimizer.start(RunRequest([.compression]))
                let updates = manager.operations.updates(of: try OperationID(run.operationID))
                for await update in try #require(updates) where update.progress.step == "compression" { break }
                return run
            }
            let runs = try await withFileStorageManager(configuration: configuration, logger: logger) { manager in
                let service = LocalService(manager)
                let run = try await service.optimize(OptimizeRequest(strategies: [.collection]), follows: true) { _ in }
                #expect(run.state == "succeeded" && run.id != first.id)
                return try await service.optimizerRuns(after: nil, limit: 10).runs
            }
            #expect(runs.map(\.state) == ["succeeded", "succeeded"])
            #expect(runs.last?.id == first.id && (runs.last?.spaceSavedBytes ?? 0) > 1_000_000)
        }
    }

    @Test func commandsShowWhatWasDone() async throws {
        try await LiveService.run(.remote, Self.quickly) { live in
            try await Self.store(live)
            let (session, captured) = try live.session()
            try await OptimizeRunCommand.parse(["--strategy", "compression", "--watch"]).run(in: session)
            #expect(captured.output.contains("state     succeeded"))
            #expect(captured.output.contains("\ncompression  "))
            try await OptimizeRunsCommand.parse([]).run(in: session)
            try await OptimizeStatsCommand.parse([]).run(in: session)
            try await OptimizeDuplicatesCommand.parse([]).run(in: session)
            #expect(captured.output.contains("default/copy.log"))
            let (machine, document) = try live.session(isJSON: true)
            try await OptimizeRunCommand.parse(["--dry-run"]).run(in: machine)
            let object = try JSONSerialization.jsonObject(with: Data(document.output.utf8)) as? [String: Any]
            #expect(object?["dry_run"] as? Bool == true && object?["state"] as? String == "succeeded")
            #expect(throws: (any Error).self) { try OptimizeRunCommand.parse(["--strategy", "magic"]) }
            #expect(throws: (any Error).self) { try VerifyCommand.parse(["--repair"]) }
        }
    }

    @Test(arguments: ["folder", "compressed", "server"])
    func damageIsFoundAndHealed(from place: String) async throws {
        try await LiveService.run(.remote, Self.quickly) { live in
            try await Self.store(live)
            let file = try live.manager.file(in: .default, key: FileKey("a.log"))
            let path = StoreLayout(root: live.manager.configuration.storage.path).file(of: file.blob)
            try LocalFileSystem().open(path, .openOrCreate).truncate(to: 10)
            let (session, captured) = try live.session()
            let error = await #expect(throws: CommandError.self) { try await VerifyCommand.parse([]).run(in: session) }
            #expect(error?.code == "content_damaged")
            #expect(captured.output.contains("damaged   default/a.log") && captured.output.contains("default/copy.log"))
            #expect(!captured.output.contains("default/b.log"))
            let backup = live.folder.appending("backup")
            if place == "folder" {
                try backup.appending(FilePath("deep/other name").components).write("a.log\n\(Self.content)")
                try backup.appending("wrong").write("b.log\n\(Self.content)")
                try await VerifyCommand.parse(["--repair", "--from", backup.string]).run(in: session)
            } else if place == "compressed" {
                // The folder of another store, which keeps the content compressed.
                try await LiveService.run(.remote, Self.quickly) { other in
                    try await Self.store(other)
                    try await OptimizeRunCommand.parse(["--strategy", "compression", "--watch"])
                        .run(in: other.session().0)
                    let folder = other.manager.configuration.storage.path
                    let kept = try other.manager.file(in: .default, key: FileKey("a.log"))
                    #expect(kept.encoding == "zstd")
                    try await VerifyCommand.parse(["--repair", "--from", folder.string]).run(in: session)
                }
            } else {
                try await LiveService.run(.remote, Self.quickly) { other in
                    try await Self.store(other)
                    let url = try #require(other.url)
                    try await VerifyCommand.parse(["--repair", "--from", url]).run(in: session)
                }
            }
            #expect(captured.output.contains("1 contents healed"))
            let names = try live.manager.list(ListRequest(bucket: .default)).files
            #expect(names.map(\.key.text) == ["a.log", "b.log", "copy.log"], "nothing is left of the repair")
            #expect(names.allSatisfy { !$0.isDamaged })
            #expect(names.first?.modifiedAt == file.modifiedAt)
        }
    }
}
