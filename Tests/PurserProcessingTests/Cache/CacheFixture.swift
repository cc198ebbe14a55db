import Foundation
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import Synchronization
import SystemPackage

@testable import PurserProcessing

/// A time of day that a test moves.
final class Moment: Sendable {
    private let date = Mutex(Date(timeIntervalSince1970: 1_700_000_000))

    var now: Date { self.date.withLock { $0 } }

    func advance(by seconds: Double) { self.date.withLock { $0 += seconds } }
}

/// A catalog, a folder of results, and caches over them.
final class CacheFixture: Sendable {
    let work: ExecutionFixture
    let catalog: Catalog
    let moment = Moment()

    var folder: FilePath { self.work.folder.appending("results") }

    static func run(_ body: (CacheFixture) async throws -> Void) async throws {
        try await ExecutionFixture.run { work in
            let path = work.folder.appending("catalog.sqlite").string
            let catalog = try Catalog.open(at: path, logger: ExecutionFixture.logger)
            try await body(CacheFixture(work, catalog))
            try await catalog.close()
        }
    }

    private init(_ work: ExecutionFixture, _ catalog: Catalog) {
        self.work = work
        self.catalog = catalog
    }

    /// A cache as a new process would open it: with nothing in memory.
    func open(
        _ fileSystem: any FileSystem = LocalFileSystem(),
        _ change: (inout ResultCacheConfiguration) -> Void = { _ in }
    ) throws -> ResultCache {
        var configuration = ResultCacheConfiguration()
        change(&configuration)
        return try ResultCache(
            folder: self.folder,
            catalog: self.catalog,
            disk: StepDisk(fileSystem: fileSystem),
            configuration: configuration,
            now: { [moment = self.moment] in moment.now },
            logger: ExecutionFixture.logger
        )
    }

    /// An output with one file of so many bytes.
    func output(_ bytes: Int, _ letter: Character = "x") throws -> StepOutput {
        let path = try self.work.fileFolder() + "/made"
        try Data(String(repeating: letter, count: bytes).utf8).write(to: URL(filePath: path))
        return StepOutput(files: [StepFile(name: "made", path: path, contentType: "text/plain")])
    }

    /// Brings a kept result to a folder of its own, and reads its files.
    func restore(_ key: ResultKey, from cache: ResultCache) async throws -> [String]? {
        let restored = await cache.restore(key, to: try self.work.fileFolder())
        return try restored?.output.files.map { try String(contentsOf: URL(filePath: $0.path), encoding: .utf8) }
    }

    /// Names of the folders of results that are on the disk.
    func folders() throws -> Set<String> {
        let manager = FileManager.default
        let shards = try manager.contentsOfDirectory(atPath: self.folder.string).filter { $0 != "new" }
        return try Set(shards.flatMap { try manager.contentsOfDirectory(atPath: "\(self.folder)/\($0)") })
    }
}

extension ResultKey {
    static func sample(_ number: Int) -> ResultKey {
        var print = Fingerprint("sample")
        print.add(number)
        return ResultKey(print.finish())
    }
}
