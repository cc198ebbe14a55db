import Foundation
import PurserCatalog
import PurserIdentifiers
import PurserStore
import Testing

/// What the optimizer does to a store, as steps of a history.
extension OpenStore {
    /// Removes a file by the version of it that is seen; nobody else writes meanwhile, so it goes.
    func removeAsTheOptimizerDoes(_ key: String) async throws {
        struct Spared: Error {}
        let files = try self.files.catalog.filesByModification(before: .distantFuture, after: nil, limit: 1_000).files
        let file = try #require(files.first { $0.key.text.utf8.elementsEqual(key.utf8) })
        let removal = FileRemoval(file, reason: "model")
        let outcome = try await self.files.remove([removal], run: "model", strategy: "age", isByUse: false)
        guard outcome.files == 1 else { throw Spared() }
    }

    /// Reads every content: all are intact, or the disk says that it failed.
    func inspectAll(_ comment: Comment) async throws {
        for blob in try self.files.catalog.blobs(after: 0, limit: 1_000) where blob.record.state == .live {
            let finding = try await self.files.inspect(blob.record) { _ in }
            #expect(finding == .intact, comment)
        }
    }

    /// Compares the disk with the catalog: counts are right, and every row has its bytes.
    func compareAll(_ comment: Comment) async throws {
        let catalog = self.files.catalog
        #expect(try catalog.miscountedBlobs(after: 0, through: catalog.lastBlobRow()).isEmpty, comment)
        #expect(try catalog.counterDrift { _ in }.count == 0, comment)
        for shard in UInt8.min...UInt8.max {
            let findings = try await self.files.compareShard(shard, isDryRun: false)
            #expect(findings.missing.isEmpty, comment)
        }
    }
}
