import SystemPackage
import Synchronization
import PurserTestSupport
import PurserOperations
import PurserBlobs
import NIOCore
import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserOptimizer
import PurserStore
import Testing

@Suite(.timeLimit(.minutes(2)))
struct CollectionTests {
    @Test(arguments: [true, false])
    func whatNothingRefersToGoesAfterItsGraceTime(_ isDryRun: Bool) async throws {
        try await OptimizerFixture.run({ $0.collectGrace = .seconds(3_600) }) { fixture in
            for number in 0..<130 {
                try await fixture.put("a", sample(number == 0 ? 5_000 : 100, seed: UInt64(number)))
            }
            let optimizer = fixture.optimizer()
            #expect(try await optimizer.run(RunRequest([.collection])).filesProcessed == 0)
            fixture.time.advance(by: .seconds(3_700))
            let report = try await optimizer.run(RunRequest([.collection], isDryRun: isDryRun))
            #expect(report.filesProcessed == 129)
            #expect(report.spaceSavedBytes == 5_000 + 128 * 100)
            #expect(try fixture.catalog.totals().physicalBytes == (isDryRun ? 17_900 : 100))
            #expect(try fixture.blobFiles().count == (isDryRun ? 1 : 0))
        }
    }

    @Test
    func filesThatOperationsLeftGoAfterADay() async throws {
        try await OptimizerFixture.run { fixture in
            let alive = try fixture.tracker.begin(.upload, name: "alive")
            let dead = OperationID()
            let folder = fixture.layout.temp.appending(dead.description).string
            try FileManager.default.createDirectory(atPath: folder + "/inner", withIntermediateDirectories: true)
            for name in [alive.id.description, dead.description, "\(dead).2", "\(OperationID()).new"] {
                let path = fixture.layout.staging.appending(name).string
                try Data(count: 50).write(to: URL(filePath: path))
            }
            // Two days ago by the clock of the store, but for the new one.
            let then = fixture.time.now() - 2 * 86_400
            let now = [FileAttributeKey.modificationDate: fixture.time.now()]
            for name in [alive.id.description, dead.description, "\(dead).2"] {
                let path = fixture.layout.staging.appending(name).string
                try FileManager.default.setAttributes([.modificationDate: then], ofItemAtPath: path)
            }
            try FileManager.default.setAttributes([.modificationDate: then], ofItemAtPath: folder)
            let names = try FileManager.default.contentsOfDirectory(atPath: fixture.layout.staging.string)
            for name in names where name.hasSuffix(".new") {
                try FileManager.default.setAttributes(
                    now,
                    ofItemAtPath: fixture.layout.staging.appending(name).string
                )
            }
            let forecast = try await fixture.optimizer().run(RunRequest([.collection], isDryRun: true))
            let report = try await fixture.optimizer().run(RunRequest([.collection]))
            #expect(report[.collection]?.findings["stale_files"] == 3)
            #expect(forecast[.collection]?.findings["stale_files"] == 3)
            #expect(report.spaceSavedBytes == 100 && forecast.spaceSavedBytes == 100)
            let left = try FileManager.default.contentsOfDirectory(atPath: fixture.layout.staging.string)
            #expect(left.count == 2 && left.contains(alive.id.description))
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.layout.temp.string).isEmpty)
            alive.finish(.success(()))
        }
    }

    @Test
    func roomInTheCatalogIsGivenBack() async throws {
        try await OptimizerFixture.run({ $0.inlineLimit = 65_536 }) { fixture in
            for number in 0..<60 { try await fixture.put("a", sample(60_000, seed: UInt64(number))) }
            fixture.time.advance(by: .seconds(1))
            let before = try fixture.catalog.freePages().total
            let report = try await fixture.optimizer().run(RunRequest([.collection]))
            #expect(report[.collection]?.findings["catalog_pages_given_back"] ?? 0 > 300)
            #expect(try fixture.catalog.freePages().total < before - 300)
            #expect(try await fixture.read("a") == sample(60_000, seed: 59))
        }
    }
}
