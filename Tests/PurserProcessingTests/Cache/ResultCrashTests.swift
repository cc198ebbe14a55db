import Foundation
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserProcessing

/// The service is stopped, or the disk fails, at any call.
struct ResultCrashTests {
    private static let content = String(repeating: "x", count: 5_000)

    @Test
    func whatIsLeftBetweenFilesAndRowIsRemovedAtTheStart() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            _ = await cache.keep(try fixture.output(9), as: .sample(1), of: "p", for: .empty)
            // The files are there, the row is not yet.
            let files = ResultFiles(fileSystem: fixture.work.disk.fileSystem, root: fixture.folder)
            _ = try files.write(try fixture.output(9), as: .sample(2), number: 99, maxBytes: 99, wantsBytes: 0)
            // A folder that was being written, and one that somebody else has put there.
            let manager = FileManager.default
            let half = "\(fixture.folder)/new/7"
            try manager.createDirectory(atPath: half, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: URL(filePath: half + "/0"))
            try manager.createDirectory(atPath: "\(fixture.folder)/00/mine", withIntermediateDirectories: true)
            #expect(try fixture.folders().count == 3)

            let opened = try fixture.open()
            #expect(!manager.fileExists(atPath: half))
            await opened.sweep()
            #expect(try fixture.folders() == [ResultKey.sample(1).hex, "mine"])
            let found = try await fixture.restore(.sample(1), from: opened)
            #expect(found != nil)
        }
    }

    @Test
    func aStopAtAnyCallLeavesAWholeResultOrNone() async throws {
        try await CacheFixture.run { fixture in
            var (whole, none) = (0, 0)
            for calls in 0... {
                let disk = FaultyFileSystem()
                let cache = try fixture.open(disk)
                let output = try fixture.output(5_000)
                let key = ResultKey.sample(calls)
                disk.stop(after: calls)
                _ = await cache.keep(output, as: key, of: "p", for: .empty)
                let isDone = !disk.isDown
                disk.reopen()
                let opened = try fixture.open()
                await opened.sweep()
                let found = try await fixture.restore(key, from: opened)
                if found == nil { none += 1 } else { whole += 1 }
                #expect(found == nil || found == [Self.content], "after \(calls) calls")
                #expect(try fixture.folders().count == whole, "after \(calls) calls")
                let news = try FileManager.default.contentsOfDirectory(atPath: "\(fixture.folder)/new")
                #expect(news.isEmpty)
                if isDone { break }
            }
            #expect(whole >= 1)
            #expect(none > 8)
        }
    }

    @Test(arguments: 0..<12)
    func aPowerFailureAfterItWasKeptTakesNothing(_ seed: UInt64) async throws {
        try await withTemporaryFolder { spare in
            try await CacheFixture.run { fixture in
                let disk = FaultyFileSystem(spare: spare)
                let cache = try fixture.open(disk)
                _ = await cache.keep(try fixture.output(5_000), as: .sample(1), of: "p", for: .empty)
                try disk.losePower(seed == 0 ? .everything : .some(seed: seed))
                disk.reopen()
                let found = try await fixture.restore(.sample(1), from: try fixture.open(disk))
                #expect(found == [Self.content])
            }
        }
    }

    @Test(arguments: [FaultyFileSystem.Fault.noSpace, .inputOutput])
    func aDiskThatFailsKeepsNothingAndFailsNoStep(_ fault: FaultyFileSystem.Fault) async throws {
        try await CacheFixture.run { fixture in
            let disk = FaultyFileSystem()
            let cache = try fixture.open(disk)
            disk.fail(.write, with: fault, on: "/results/")
            let pipeline = Pipeline.test(fixture.work.making("a", "text"), fixture.work.making("b", needs: ["a"]))
            let outcome = try await fixture.work.run(pipeline, cache: cache)
            #expect(outcome.state == .succeeded)
            #expect(try outcome.texts()["a.txt"] == "text")
            #expect(disk.injectedFaults >= 2)
            #expect(cache.figures().failures == 2)
            #expect(cache.figures().disk.count == 0)
            #expect(try fixture.folders().isEmpty)
        }
    }

    /// Processing does not end because the catalog is full or closed.
    @Test
    func aCatalogThatFailsKeepsNothingAndFailsNoStep() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            try await fixture.catalog.close()
            let outcome = try await fixture.work.run(.test(fixture.work.making("a", "text")), cache: cache)
            #expect(outcome.state == .succeeded)
            #expect(try outcome.texts() == ["a.txt": "text"])
            #expect(try fixture.folders().isEmpty)
            #expect(cache.figures().failures == 1)
        }
    }
}
