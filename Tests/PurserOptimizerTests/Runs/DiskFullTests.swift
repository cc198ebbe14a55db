import Foundation
import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserOptimizer

/// The disk is full from some call on while contents are compressed: all is as it was, the run says so, and the store goes
/// on.
@Suite(.timeLimit(.minutes(3)))
struct DiskFullTests {
    /// What a full disk refuses.
    private static let calls: [FileSystemCall] = [.createDirectory, .open, .preallocate, .write, .truncate, .rename]
    private static let files = 4

    private static func content(_ number: Int, bytes: Int = 20_000) -> ByteBuffer {
        var random = SeededGenerator(seed: UInt64(number + 1))
        let words = ["store ", "catalog ", "frame ", "digest\n"]
        var buffer = ByteBuffer()
        while buffer.readableBytes < bytes + number { buffer.writeString(words[Int(random.next() % 4)]) }
        return buffer
    }

    private static func reencoder(of store: FileStore) -> Reencoder {
        Reencoder { blob, operation, isDryRun, throttle in
            var request = ReencodeRequest(coding: .zstd)
            request.isDryRun = isDryRun
            let outcome = try await store.reencode(blob.id, request, operation: operation, throttle: throttle)
            guard outcome.result == .reencoded else { return .skipped }
            return .encoded(before: outcome.bytesBefore, after: outcome.bytesAfter)
        }
    }

    /// How often a run makes each call.
    private static func counts() async throws -> [FileSystemCall: Int] {
        let disk = FaultyFileSystem()
        var counts: [FileSystemCall: Int] = [:]
        try await OptimizerFixture.run(disk: disk) { fixture in
            try await Self.fill(fixture)
            disk.resetCounts()
            let report = try await fixture.optimizer(reencode: Self.reencoder(of: fixture.store))
                .run(RunRequest([.compression]))
            #expect(report[.compression]?.filesProcessed == Int64(Self.files))
            for call in Self.calls { counts[call] = disk.count(of: call) }
        }
        return counts
    }

    private static func fill(_ fixture: OptimizerFixture, bytes: Int = 20_000) async throws {
        for number in 0..<Self.files { try await fixture.put("\(number)", Self.content(number, bytes: bytes)) }
    }

    /// Every file reads as it was stored, the counters are those of the disk, and nothing else is on it.
    private static func expectWhole(
        _ fixture: OptimizerFixture,
        bytes: Int = 20_000,
        _ note: Comment
    ) async throws {
        for number in 0..<Self.files {
            #expect(try await fixture.read("\(number)") == Self.content(number, bytes: bytes), note)
        }
        let local = LocalFileSystem()
        var bytes: Int64 = 0
        for shard in try local.entries(of: fixture.layout.blobs) {
            let folder = fixture.layout.blobs.appending(shard)
            for name in try local.entries(of: folder) {
                bytes += try local.status(of: folder.appending(name))?.size ?? 0
            }
        }
        #expect(try fixture.catalog.totals().physicalBytes == bytes, note)
        #expect(try local.entries(of: fixture.layout.staging).isEmpty, note)
        #expect(fixture.store.readOnlyReason == nil, note)
        #expect(fixture.resources.metrics().active == 0, note)
    }

    @Test
    func fullDiskEndsARunAndLeavesAllAsItWas() async throws {
        let counts = try await Self.counts()
        #expect(counts[.write, default: 0] >= 2 * Self.files && counts[.rename] == Self.files)
        for (call, count) in counts {
            for place in 0..<count {
                let note: Comment = "\(call), number \(place)"
                let disk = FaultyFileSystem()
                try await OptimizerFixture.run(disk: disk) { fixture in
                    try await Self.fill(fixture)
                    let optimizer = fixture.optimizer(reencode: Self.reencoder(of: fixture.store))
                    disk.fail(call, with: .noSpace, skipping: place)
                    let report = try await optimizer.run(RunRequest([.compression]))
                    #expect(disk.injectedFaults > 0, note)
                    #expect(report.state == .failed && report[.compression]?.failure == "store_full", note)
                    disk.heal()
                    try await Self.expectWhole(fixture, note)
                    // With room again, the store takes uploads and the rest is compressed.
                    try await fixture.put("new", sample(5_000))
                    let rest = try await optimizer.run(RunRequest([.compression]))
                    #expect(rest.state == .succeeded, note)
                    let done = (report[.compression]?.filesProcessed ?? 0) + (rest[.compression]?.filesProcessed ?? 0)
                    #expect(done == Int64(Self.files), note)
                    try await Self.expectWhole(fixture, note)
                }
            }
        }
    }

    /// Bytes of contents of which one that finds no room says nothing of the next.
    private static let large = 100_000

    @Test
    func contentThatDoesNotFitIsAnErrorOfItsOwn() async throws {
        for place in 0..<Self.files {
            let note: Comment = "content \(place)"
            let disk = FaultyFileSystem()
            try await OptimizerFixture.run(disk: disk) { fixture in
                try await Self.fill(fixture, bytes: Self.large)
                let optimizer = fixture.optimizer(reencode: Self.reencoder(of: fixture.store))
                // Each second form is a frame and an index.
                disk.fail(.write, with: .noSpace, skipping: 2 * place, times: 1)
                let report = try await optimizer.run(RunRequest([.compression]))
                #expect(disk.injectedFaults == 1, note)
                #expect(report.state == .succeeded && report[.compression]?.failure == nil, note)
                #expect(report[.compression]?.errors == ["store_full": 1], note)
                #expect(report[.compression]?.filesProcessed == Int64(Self.files - 1), note)
                #expect(report[.compression]?.filesExamined == Int64(Self.files), note)
                try await Self.expectWhole(fixture, bytes: Self.large, note)
                // It was not judged: with room it is the one that is left.
                let rest = try await optimizer.run(RunRequest([.compression]))
                #expect(rest.state == .succeeded && rest[.compression]?.errors == [:], note)
                #expect(rest[.compression]?.filesProcessed == 1, note)
                try await Self.expectWhole(fixture, bytes: Self.large, note)
            }
        }
    }

    @Test
    func runFailsWhereNothingFits() async throws {
        let disk = FaultyFileSystem()
        try await OptimizerFixture.run(disk: disk) { fixture in
            try await Self.fill(fixture, bytes: Self.large)
            let optimizer = fixture.optimizer(reencode: Self.reencoder(of: fixture.store))
            disk.fail(.write, with: .noSpace)
            let report = try await optimizer.run(RunRequest([.compression, .verification]))
            #expect(disk.injectedFaults == Self.files)
            #expect(report.state == .failed && report[.compression]?.failure == "store_full")
            #expect(report[.compression]?.errors == ["store_full": Int64(Self.files)])
            #expect(report[.verification]?.failure == nil && report[.verification]?.filesExamined ?? 0 > 0)
            disk.heal()
            try await Self.expectWhole(fixture, bytes: Self.large, "nothing fitted")
        }
    }

    /// Where there is next to no room, nothing else is tried.
    @Test
    func diskWithoutAnyRoomEndsTheStrategyAtOnce() async throws {
        try await OptimizerFixture.run {
            // So much is free on no disk.
            $0.freeSpaceFloor = 1 << 60
        } _: { fixture in
            try await Self.fill(fixture, bytes: Self.large)
            let asked = Mutex(0)
            let store = fixture.store
            let reencoder = Reencoder { blob, operation, _, throttle in
                asked.withLock { $0 += 1 }
                try await store.reencode(
                    blob.id,
                    ReencodeRequest(coding: .zstd),
                    operation: operation,
                    throttle: throttle
                )
                return .skipped
            }
            let report = try await fixture.optimizer(reencode: reencoder).run(RunRequest([.compression]))
            #expect(report.state == .failed && report[.compression]?.failure == "store_full")
            #expect(asked.withLock { $0 } == 1)
            try await Self.expectWhole(fixture, bytes: Self.large, "no room")
        }
    }
}
