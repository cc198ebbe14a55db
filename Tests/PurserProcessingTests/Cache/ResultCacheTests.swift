import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserProcessing

struct ResultCacheTests {
    private func keep(_ number: Int, _ bytes: Int, in cache: ResultCache, _ fixture: CacheFixture) async throws {
        let output = try fixture.output(bytes)
        let digest = await cache.keep(output, as: .sample(number), of: "p", for: ResultKey.sample(number).digest)
        #expect(digest != nil)
    }

    @Test(arguments: ["changed", "shorter", "longer", "gone", "no folder", "link"])
    func aDamagedResultIsRemovedAndMadeAgain(_ damage: String) async throws {
        try await CacheFixture.run { fixture in
            try await self.keep(1, 1_000, in: try fixture.open(), fixture)
            let folder = fixture.folder.appending(String(ResultKey.sample(1).hex.prefix(2)))
                .appending(ResultKey.sample(1).hex).string
            let file = URL(filePath: folder + "/0")
            let manager = FileManager.default
            switch damage {
            case "changed": try Data((String(repeating: "x", count: 999) + "y").utf8).write(to: file)
            case "shorter": try Data(String(repeating: "x", count: 999).utf8).write(to: file)
            case "longer": try Data(String(repeating: "x", count: 1_001).utf8).write(to: file)
            case "gone": try manager.removeItem(at: file)
            case "no folder": try manager.removeItem(atPath: folder)
            default:
                try manager.moveItem(atPath: file.path, toPath: folder + "/moved")
                try manager.createSymbolicLink(atPath: file.path, withDestinationPath: folder + "/moved")
            }
            let cache = try fixture.open()
            let found = try await fixture.restore(.sample(1), from: cache)
            #expect(found == nil)
            #expect(cache.figures().damaged == 1)
            #expect(cache.figures().disk.count == 0)
            #expect(try fixture.folders().isEmpty)
            try await self.keep(1, 1_000, in: cache, fixture)
            let again = try await fixture.restore(.sample(1), from: try fixture.open())
            #expect(again == [String(repeating: "x", count: 1_000)])
        }
    }

    @Test
    func theLeastUsedResultsGoWhenThereIsTooMuch() async throws {
        try await CacheFixture.run { fixture in
            // Each result is a file of 1,000 bytes and a document of less than 200.
            let cache = try fixture.open { $0.diskBytes = 5_000 }
            for number in 1...4 {
                try await self.keep(number, 1_000, in: cache, fixture)
                fixture.moment.advance(by: 60)
            }
            // From memory, which counts as well.
            _ = try await fixture.restore(.sample(1), from: cache)
            fixture.moment.advance(by: 60)
            try await self.keep(5, 1_000, in: cache, fixture)
            #expect(cache.figures().disk.count == 4)
            #expect(cache.figures().disk.evictions == 1)
            #expect(cache.figures().disk.bytes <= 5_000)
            let opened = try fixture.open()
            for (number, isThere) in [(1, true), (2, false), (3, true), (4, true), (5, true)] {
                let found = try await fixture.restore(.sample(number), from: opened)
                #expect((found != nil) == isThere, "\(number)")
            }
            #expect(try fixture.folders().count == 4)
        }
    }

    @Test
    func whatIsBeingReadStays() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open { $0.diskBytes = 5_000 }
            for number in 1...4 {
                try await self.keep(number, 1_000, in: cache, fixture)
                fixture.moment.advance(by: 60)
            }
            cache.state.withLock { $0.reading[.sample(1)] = 1 }
            try await self.keep(5, 1_000, in: cache, fixture)
            #expect(try fixture.catalog.isResultKept(.sample(1)))
            #expect(try fixture.folders().contains(ResultKey.sample(1).hex))
            cache.state.withLock { $0.reading = [:] }
            await cache.evict()
            #expect(try !fixture.catalog.isResultKept(.sample(1)))
            #expect(cache.figures().disk.bytes <= 5_000)
        }
    }

    @Test
    func aResultThatTakesTooMuchIsNotKept() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open { $0.diskBytes = 6_000 }
            let output = try fixture.output(1_600)
            let digest = await cache.keep(output, as: .sample(1), of: "p", for: .empty)
            let expected = await cache.digest(of: output)
            #expect(digest == expected)
            #expect(cache.figures().disk.count == 0)
            #expect(cache.figures().failures == 0)
            #expect(try fixture.folders().isEmpty)
        }
    }

    @Test
    func resultsLastForTheirTime() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open {
                $0.memoryLifetime = .seconds(60)
                $0.diskLifetime = .seconds(600)
            }
            try await self.keep(1, 10, in: cache, fixture)
            fixture.moment.advance(by: 59)
            _ = try await fixture.restore(.sample(1), from: cache)
            #expect(cache.figures().memory.hits == 1)
            fixture.moment.advance(by: 1)
            let fromDisk = try await fixture.restore(.sample(1), from: cache)
            #expect(fromDisk == [String(repeating: "x", count: 10)])
            #expect(cache.figures().memory.hits == 1)
            #expect(cache.figures().memory.evictions == 1)
            #expect(cache.figures().disk.hits == 1)
            cache.dropMemory()
            fixture.moment.advance(by: 539)
            let last = try await fixture.restore(.sample(1), from: cache)
            #expect(last != nil)
            cache.dropMemory()
            fixture.moment.advance(by: 1)
            let over = try await fixture.restore(.sample(1), from: cache)
            #expect(over == nil)
            #expect(cache.figures().disk.misses == 1)
            #expect(try fixture.folders().isEmpty)
        }
    }

    @Test
    func upkeepRemovesWhoseTimeIsOver() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open { $0.diskLifetime = .seconds(600) }
            for number in 1...70 { try await self.keep(number, 1, in: cache, fixture) }
            fixture.moment.advance(by: 300)
            try await self.keep(71, 1, in: cache, fixture)
            fixture.moment.advance(by: 301)
            await cache.upkeep()
            #expect(cache.figures().disk.count == 1)
            #expect(cache.figures().disk.evictions == 70)
            #expect(try fixture.folders() == [ResultKey.sample(71).hex])
        }
    }

    @Test
    func memoryHoldsNoMoreThanItMay() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open {
                $0.memoryBytes = 100_000
                $0.maxMemoryResultBytes = 10_000
            }
            for number in 1...40 {
                try await self.keep(number, 9_000, in: cache, fixture)
                #expect(cache.figures().memory.bytes <= 100_000)
            }
            #expect(cache.figures().memory.evictions > 0)
            let count = cache.figures().memory.count
            try await self.keep(41, 10_001, in: cache, fixture)
            #expect(cache.figures().memory.count == count)
            // Larger ones come from the disk.
            let large = try await fixture.restore(.sample(41), from: cache)
            #expect(large?.first?.count == 10_001)
            #expect(cache.figures().memory.hits == 0)
            cache.dropMemory()
            #expect(cache.figures().memory.bytes == 0)
            #expect(cache.figures().memory.evictions > 0)
        }
    }

    @Test
    func theMostUsedResultsOfTheLastDayAreLoadedAtTheStart() async throws {
        try await CacheFixture.run { fixture in
            let cache = try fixture.open()
            try await self.keep(1, 1_000, in: cache, fixture)
            fixture.moment.advance(by: 86_401)
            for number in 2...6 { try await self.keep(number, 1_000, in: cache, fixture) }
            for number in [3, 3, 5, 5, 5] { _ = try await fixture.restore(.sample(number), from: cache) }
            await cache.upkeep()
            // Half of it has room for two results, not for three.
            let opened = try fixture.open { $0.memoryBytes = 9_000 }
            let loaded = await opened.warm()
            #expect(loaded == 2)
            #expect(opened.figures().memory.count == 2)
            for number in [5, 3] { _ = try await fixture.restore(.sample(number), from: opened) }
            #expect(opened.figures().memory.hits == 2)
            let named = try fixture.open()
            let count = try await named.warm("p", [ResultKey.sample(1).digest, ResultKey.sample(4).digest, .empty])
            #expect(count == 2)
            #expect(named.figures().memory.count == 2)
            let others = try await named.warm("other", [ResultKey.sample(4).digest])
            #expect(others == 0)
        }
    }

    /// As a service: what was left is swept, what was used is loaded, and uses are noted at the end.
    @Test(.timeLimit(.minutes(1)))
    func theServiceLoadsAtTheStartAndNotesUsesAtTheEnd() async throws {
        try await CacheFixture.run { fixture in
            try await self.keep(1, 1_000, in: try fixture.open(), fixture)
            let cache = try fixture.open()
            let service = Task { try await cache.run() }
            while !Task.isCancelled, cache.figures().memory.count == 0 { await Task.yield() }
            fixture.moment.advance(by: 60)
            _ = try await fixture.restore(.sample(1), from: cache)
            #expect(cache.figures().memory.hits == 1)
            service.cancel()
            try await service.value
            // A write after the note: it waits for those before it.
            try await self.keep(2, 1, in: cache, fixture)
            let record = try #require(try fixture.catalog.result(.sample(1)))
            #expect(record.hits == 1)
            #expect(record.usedAt == fixture.moment.now)
        }
    }

    @Test
    func resultsWithoutFilesAreKeptToo() async throws {
        try await CacheFixture.run { fixture in
            let output = StepOutput(values: ["a": .list([.number(0.5), .null])], fallback: "other")
            _ = await (try fixture.open()).keep(output, as: .sample(1), of: "p", for: .empty)
            let restored = await (try fixture.open()).restore(.sample(1), to: "/nowhere")
            #expect(restored?.output == output)
            #expect(try fixture.folders().isEmpty)
        }
    }
}
