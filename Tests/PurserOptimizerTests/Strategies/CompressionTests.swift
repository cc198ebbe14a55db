import SystemPackage
import PurserTestSupport
import PurserOperations
import PurserBlobs
import NIOCore
import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOptimizer
import PurserStore
import Synchronization
import Testing

/// What the strategy does with a codec; what codecs do is tested where they are.
@Suite(.timeLimit(.minutes(2)))
struct CompressionTests {
    /// Notes which contents it is asked for, and finds those of more than 5,000 bytes unsuitable.
    private final class Asked: Sendable {
        private let blobs = Mutex<[(blob: BlobID, isDryRun: Bool)]>([])

        var all: [BlobID] { self.blobs.withLock { $0.map(\.blob) } }
        var dryRuns: Int { self.blobs.withLock { $0.count { $0.isDryRun } } }

        var reencoder: Reencoder {
            Reencoder { blob, _, isDryRun, throttle in
                self.blobs.withLock { $0.append((blob.id, isDryRun)) }
                try await throttle(Int(blob.size))
                return blob.size > 5_000 ? .unsuitable : .encoded(before: blob.storedSize, after: blob.storedSize / 2)
            }
        }
    }

    @Test
    func eachContentIsJudgedOnceUnderAPolicy() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("tiny", sample(511, seed: 1))
            let small = try await fixture.put("small", sample(2_000, seed: 2)).blob
            let large = try await fixture.put("large", sample(6_000, seed: 3)).blob
            try await fixture.put("again", sample(6_000, seed: 3))
            let asked = Asked()
            let optimizer = fixture.optimizer(reencode: asked.reencoder)
            let forecast = try await optimizer.run(RunRequest([.compression], isDryRun: true))
            #expect(asked.all == [small, large] && asked.dryRuns == 2)
            let report = try await optimizer.run(RunRequest([.compression]))
            #expect(asked.all == [small, large, small, large] && asked.dryRuns == 2)
            for report in [forecast, report] {
                #expect(report[.compression]?.filesExamined == 2)
                #expect(report[.compression]?.filesProcessed == 1)
                #expect(report[.compression]?.bytesBefore == 2_000)
                #expect(report[.compression]?.bytesAfter == 1_000)
                #expect(report.spaceSavedBytes == 1_000)
            }
            // The unsuitable one is not asked for again; under another policy it is.
            try await optimizer.run(RunRequest([.compression]))
            #expect(asked.all.count == 5)
            let other = fixture.optimizer(reencode: asked.reencoder) { $0.compression.codec = "gzip" }
            try await other.run(RunRequest([.compression]))
            #expect(asked.all.count == 7)
        }
    }

    @Test
    func contentThatAnotherStrategyWouldFreeIsNotCountedTwice() async throws {
        try await OptimizerFixture.run { fixture in
            try await fixture.put("old", sample(2_000, seed: 1))
            fixture.time.advance(by: .seconds(31 * 86_400))
            let young = try await fixture.put("young", sample(2_000, seed: 2)).blob
            let asked = Asked()
            let optimizer = fixture.optimizer(reencode: asked.reencoder)
            let forecast = try await optimizer.run(RunRequest([.age, .compression], isDryRun: true))
            #expect(asked.all == [young])
            #expect(forecast.spaceSavedBytes == 3_000)
        }
    }
}
