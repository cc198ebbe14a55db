import Foundation
import Logging
import PurserBlobs
import PurserCatalog
public import PurserIdentifiers
import PurserOperations
public import ServiceLifecycle
import Synchronization
import SystemPackage

extension ResultCache: Service {
    /// How often there is ``upkeep()``.
    static let interval = Duration.seconds(60)
    /// Results that one transaction forgets.
    private static let batch = 64
    /// Results that are looked at when the most used ones are wanted.
    private static let maxCandidates = 10_000

    /// Removes what a crash has left, loads what was used most, and keeps to the bounds until its task is cancelled or the
    /// service is shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await self.sweep()
            await self.warm()
            while !Task.isCancelled {
                await self.upkeep()
                do {
                    try await self.timeline.sleep(self.timeline.elapsed() + Self.interval)
                } catch {
                    break
                }
            }
        }
        // The task may be cancelled: whoever closes the catalog waits for it.
        let uses = self.takeUses()
        if !uses.isEmpty { self.catalog.noteResultUsesLater(uses) }
    }

    /// Writes which results were used, removes those whose time is over, and those beyond the bound.
    public func upkeep() async {
        await self.writeUses()
        let over = self.now().addingTimeInterval(-self.configuration.diskLifetime.inSeconds)
        let removed = await self.removeWhile {
            try self.catalog.results(madeBefore: over, limit: Self.batch).map(\.key)
        }
        self.state.withLock { $0.figures.disk.evictions += Int64(removed) }
        await self.evict()
    }

    /// Loads the most used results of the last day into memory, up to half of what it may hold.
    ///
    /// - Returns: How many are there now.
    @discardableResult
    public func warm() async -> Int {
        await self.writeUses()
        let since = self.now().addingTimeInterval(-86_400)
        do {
            let used = try self.catalog.lastUsedResults(since: since, limit: Self.maxCandidates)
            return await self.preload(used.sorted { $0.hits > $1.hits })
        } catch {
            self.log("kept results not loaded", error)
            return 0
        }
    }

    /// Loads what a pipeline has made of some contents into memory, up to half of what it may hold.
    ///
    /// - Parameters:
    ///   - pipeline: The pipeline.
    ///   - contents: Digests of the contents.
    /// - Returns: How many results are there now.
    /// - Throws: ``CatalogError``; `CancellationError`.
    public func warm(_ pipeline: String, _ contents: some Sequence<BlobID> & Sendable) async throws -> Int {
        var count = 0
        var rest = self.configuration.memoryBytes / 2
        for content in contents where rest > 0 {
            try Task.checkCancellation()
            let found = try self.catalog.results(of: pipeline, for: content, limit: Self.batch)
            count += await self.preload(found, rest: &rest)
        }
        return count
    }

    private func preload(_ results: [ResultSummary]) async -> Int {
        var rest = self.configuration.memoryBytes / 2
        return await self.preload(results, rest: &rest)
    }

    private func preload(_ results: [ResultSummary], rest: inout Int) async -> Int {
        var count = 0
        for result in results where result.bytes <= Int64(rest) && !Task.isCancelled {
            let cost = await self.preload(result.key, most: rest)
            rest -= cost
            count += cost > 0 ? 1 : 0
        }
        return count
    }

    /// Removes the folders that no row names: what a crash has left between the two.
    func sweep() async {
        for shard in UInt8.min...UInt8.max where !Task.isCancelled {
            do {
                let names = try await self.disk.threads.run { try self.files.names(inShard: shard) }
                for name in names {
                    // What is no result's name was not put there by this cache, and is left alone.
                    guard let digest = BlobID(hex: name.string) else { continue }
                    try await self.sweep(ResultKey(digest))
                }
            } catch {
                self.log("kept results not swept", error)
            }
        }
    }

    private func sweep(_ key: ResultKey) async throws {
        guard try !self.catalog.isResultKept(key), self.beginRemoving([key]) == [key] else { return }
        defer { self.endRemoving([key]) }
        // Its row may have come since, before it was taken for removal.
        guard try !self.catalog.isResultKept(key) else { return }
        try await self.disk.threads.run { try self.files.remove(key) }
    }

    /// Removes the least used results while there is more than may be.
    func evict() async {
        do {
            guard try self.catalog.resultTotals().bytes > self.configuration.diskBytes else { return }
            // The order of their last uses counts, those included that were not written yet.
            await self.writeUses()
            let removed = await self.removeWhile {
                var over = try self.catalog.resultTotals().bytes - self.configuration.diskBytes
                var keys: [ResultKey] = []
                for result in try self.catalog.leastUsedResults(limit: Self.batch) where over > 0 {
                    keys.append(result.key)
                    over -= result.bytes
                }
                return keys
            }
            self.state.withLock { $0.figures.disk.evictions += Int64(removed) }
        } catch {
            self.log("kept results not removed", error)
        }
    }

    /// Removes results that nobody reads or writes.
    ///
    /// - Returns: How many went.
    @discardableResult
    func remove(_ keys: [ResultKey]) async -> Int {
        let taken = self.beginRemoving(keys)
        guard !taken.isEmpty else { return 0 }
        defer { self.endRemoving(taken) }
        do {
            // The rows first: a folder without a row is swept, a row without a folder would be looked for.
            try await self.catalog.forgetResults(taken)
            try await self.disk.threads.run {
                for key in taken { try self.files.remove(key) }
            }
            return taken.count
        } catch {
            self.log("kept results not removed", error)
            return 0
        }
    }

    /// Removes what is told, again and again, until nothing is or nothing goes.
    private func removeWhile(_ next: () throws -> [ResultKey]) async -> Int {
        var removed = 0
        while !Task.isCancelled {
            do {
                let keys = try next()
                guard !keys.isEmpty else { return removed }
                let count = await self.remove(keys)
                removed += count
                if count == 0 { return removed }
            } catch {
                self.log("kept results not removed", error)
                return removed
            }
        }
        return removed
    }

    private func writeUses() async {
        let uses = self.takeUses()
        guard !uses.isEmpty else { return }
        do {
            try await self.catalog.noteResultUses(uses)
        } catch {
            self.log("uses of kept results not noted", error)
        }
    }

    private func takeUses() -> [ResultKey: ResultUses] {
        self.state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
    }

    /// - Returns: Those that nobody reads, writes or removes.
    private func beginRemoving(_ keys: [ResultKey]) -> [ResultKey] {
        self.state.withLock { state in
            let free = keys.filter { key in
                state.reading[key] == nil && !state.writing.contains(key) && !state.removing.contains(key)
            }
            state.removing.formUnion(free)
            for key in free { state.memory.remove(key) }
            return free
        }
    }

    private func endRemoving(_ keys: [ResultKey]) {
        self.state.withLock { $0.removing.subtract(keys) }
    }
}
