import Foundation
import Logging
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import PurserOperations
import Synchronization

/// A result that was kept.
struct RestoredResult: Sendable {
    /// With files in the folder that was asked for.
    var output: StepOutput
    var digest: BlobID
}

extension ResultCache {
    private enum Found {
        case result(RestoredResult)
        case nothing
        /// Something that must not be used again.
        case waste(isDamaged: Bool)
    }

    /// Uses that are gathered before they are written.
    private static let maxUses = 512

    /// Brings a kept result to a folder.
    ///
    /// - Parameters:
    ///   - key: Names the result.
    ///   - folder: An empty folder; where nothing is found, it may have files in it afterwards.
    /// - Returns: The result; `nil` where there is none that can be used.
    func restore(_ key: ResultKey, to folder: String) async -> RestoredResult? {
        let now = self.now()
        if let kept = self.remembered(key, at: now) {
            guard let output = await self.write(kept, to: folder) else { return nil }
            self.noteUse(of: key, at: now)
            return RestoredResult(output: output, digest: kept.document.digest)
        }
        guard self.beginReading(key) else { return nil }
        let found = await self.find(key, folder, at: now)
        self.endReading(key)
        switch found {
        case .result(let result):
            self.state.withLock { $0.figures.disk.hits += 1 }
            self.noteUse(of: key, at: now)
            return result
        case .nothing: break
        case .waste(let isDamaged):
            if isDamaged { self.state.withLock { $0.figures.damaged += 1 } }
            await self.remove([key])
        }
        self.state.withLock { $0.figures.disk.misses += 1 }
        return nil
    }

    /// Puts a kept result into memory, without using it.
    ///
    /// - Parameters:
    ///   - key: Names the result.
    ///   - most: Bytes of memory that it may take.
    /// - Returns: Bytes of memory that it takes, roughly; 0 where it is not there.
    func preload(_ key: ResultKey, most: Int) async -> Int {
        guard self.beginReading(key) else { return 0 }
        defer { self.endReading(key) }
        do {
            guard let record = try self.catalog.result(key), !self.isOver(record, at: self.now()) else { return 0 }
            let document = try JSONDecoder().decode(ResultDocument.self, from: Data(record.document.utf8))
            guard document.fileBytes <= Int64(self.configuration.maxMemoryResultBytes) else { return 0 }
            let contents = try await self.disk.threads.run { try self.files.read(document, of: key) }
            return self.remember(document, contents, under: key, most: most)
        } catch {
            // Whoever wants it will find out, and remove it.
            return 0
        }
    }

    private func find(_ key: ResultKey, _ folder: String, at now: Date) async -> Found {
        do {
            guard let record = try self.catalog.result(key) else { return .nothing }
            guard !self.isOver(record, at: now) else { return .waste(isDamaged: false) }
            let document = try JSONDecoder().decode(ResultDocument.self, from: Data(record.document.utf8))
            let output = document.output(in: folder)
            if document.fileBytes <= Int64(self.configuration.maxMemoryResultBytes) {
                let contents = try await self.disk.threads.run {
                    let contents = try self.files.read(document, of: key)
                    try self.files.write(contents, to: output)
                    return contents
                }
                self.remember(document, contents, under: key)
            } else {
                try await self.disk.threads.run { try self.files.copy(document, of: key, to: output) }
            }
            return .result(RestoredResult(output: output, digest: document.digest))
        } catch is ResultFiles.Damaged {
            self.logger.warning("kept result damaged", metadata: ["purser.result": "\(key.hex)"])
            return .waste(isDamaged: true)
        } catch is DecodingError {
            self.logger.warning("kept result unreadable", metadata: ["purser.result": "\(key.hex)"])
            return .waste(isDamaged: true)
        } catch {
            self.log("kept result not read", error, key)
            return .nothing
        }
    }

    private func isOver(_ record: ResultRecord, at now: Date) -> Bool {
        now >= record.createdAt.addingTimeInterval(self.configuration.diskLifetime.inSeconds)
    }

    private func remembered(_ key: ResultKey, at now: Date) -> Kept? {
        self.state.withLock { state in
            guard let kept = state.memory.value(for: key) else {
                state.figures.memory.misses += 1
                return nil
            }
            guard now < kept.putAt.addingTimeInterval(self.configuration.memoryLifetime.inSeconds) else {
                state.memory.remove(key)
                state.figures.memory.misses += 1
                state.figures.memory.evictions += 1
                return nil
            }
            state.figures.memory.hits += 1
            return kept
        }
    }

    private func write(_ kept: Kept, to folder: String) async -> StepOutput? {
        let output = kept.document.output(in: folder)
        do {
            try await self.disk.threads.run { try self.files.write(kept.contents, to: output) }
            return output
        } catch {
            self.log("kept result not written out", error)
            return nil
        }
    }

    private func noteUse(of key: ResultKey, at time: Date) {
        let due = self.state.withLock { state -> [ResultKey: ResultUses] in
            state.uses[key, default: ResultUses(hits: 0, usedAt: time)].hits += 1
            state.uses[key]?.usedAt = time
            guard state.uses.count >= Self.maxUses else { return [:] }
            defer { state.uses = [:] }
            return state.uses
        }
        if !due.isEmpty { self.catalog.noteResultUsesLater(due) }
    }

    /// - Returns: Whether it is not being removed.
    private func beginReading(_ key: ResultKey) -> Bool {
        self.state.withLock { state in
            guard !state.removing.contains(key) else { return false }
            state.reading[key, default: 0] += 1
            return true
        }
    }

    private func endReading(_ key: ResultKey) {
        self.state.withLock { state in
            let readers = (state.reading[key] ?? 1) - 1
            state.reading[key] = readers > 0 ? readers : nil
        }
    }
}
