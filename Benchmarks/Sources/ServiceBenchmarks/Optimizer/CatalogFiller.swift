import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import Synchronization

/// Fills the catalog of a store that nobody has open, by the verbs of the catalog itself: faster than by uploads.
///
/// Each file has a content of its own of 64 bytes, which the catalog keeps. The digests are random, as nothing here reads
/// the contents.
struct CatalogFiller {
    /// Files that are committed at a time: so many share a transaction.
    private static let tasks = 500
    private static let contentBytes = 64

    /// The store.
    let folder: URL

    /// Adds files to the bucket `default`.
    ///
    /// - Parameters:
    ///   - files: How many.
    ///   - old: How many of these are forty days old; the others are a day old.
    /// - Throws: What the catalog throws.
    func fill(files: Int, old: Int) throws {
        let path = self.folder.appending(path: "catalog.sqlite").path
        let now = Date()
        try Self.wait {
            let catalog = try Catalog.open(at: path, logger: Logger(label: "benchmark"))
            let next = Counter()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<Self.tasks {
                    group.addTask {
                        while let number = next.take(below: files) {
                            // Old ones all over the names.
                            let isOld = number * old / files != (number + 1) * old / files
                            let time = now.addingTimeInterval(isOld ? -40 * 86_400 : -86_400)
                            _ = try await catalog.commit(Self.file(number, at: time))
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await catalog.close()
        }
    }

    private static func file(_ number: Int, at time: Date) throws -> NewFile {
        var random = SeededRandom(seed: UInt64(number))
        let bytes = (0..<Self.contentBytes / 8).flatMap { _ in withUnsafeBytes(of: random.next()) { Array($0) } }
        guard let blob = BlobID(bytes: bytes.prefix(32)) else { throw BenchmarkFailure("a digest has 32 bytes") }
        return NewFile(
            bucket: .default,
            key: try FileKey("folder-\(number / 1_000)/file-\(number)"),
            blob: blob,
            size: Int64(bytes.count),
            content: .inline(Data(bytes)),
            at: time
        )
    }

    /// Hands numbers out.
    private final class Counter: Sendable {
        private let next = Atomic(0)

        func take(below end: Int) -> Int? {
            let number = self.next.add(1, ordering: .relaxed).oldValue
            return number < end ? number : nil
        }
    }

    /// Does what is asynchronous, and waits for its end.
    private static func wait(for body: @escaping @Sendable () async throws -> Void) throws {
        let (end, outcome) = (DispatchSemaphore(value: 0), Outcome())
        // Awaited two lines below.
        Task.detached {
            do {
                try await body()
            } catch {
                outcome.failure.withLock { $0 = error }
            }
            end.signal()
        }
        end.wait()
        if let error = outcome.failure.withLock({ $0 }) { throw error }
    }

    private final class Outcome: Sendable {
        let failure = Mutex<(any Error)?>(nil)
    }
}
