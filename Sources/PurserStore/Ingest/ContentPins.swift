import PurserIdentifiers
import Synchronization

/// Keeps the collector and uploads of the same content apart.
///
/// An upload pins its content from before it looks for it in the catalog until its commit has ended; the collector takes
/// a content exclusively from before it marks it until its bytes and its row are gone. So bytes are never removed
/// between an upload's look and its commit. Exclusive sections are short, and an upload waits for them. So is the moment
/// in which a content begins to be kept in another encoding.
final class ContentPins: Sendable {
    private struct Entry {
        var pins = 0
        var isExclusive = false
        /// Bytes were put in place by an upload whose commit then failed.
        var hasStrayBytes = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private enum Leaving { case free([CheckedContinuation<Void, Never>]), checkStrayBytes }

    private let entries = Mutex<[BlobID: Entry]>([:])

    init() {}

    /// Runs the body while the content cannot be collected.
    ///
    /// - Parameters:
    ///   - blob: The content.
    ///   - removeStrayBytes: Called when the last pin leaves after one of them left stray bytes; the content is then held
    ///     exclusively.
    ///   - body: What to do.
    /// - Returns: What the body returned.
    /// - Throws: What the body throws.
    func withPin<Value>(
        on blob: BlobID,
        removeStrayBytes: () async -> Void,
        _ body: () async throws -> Value
    ) async throws -> Value {
        await self.pin(blob)
        do {
            let value = try await body()
            await self.unpin(blob, removeStrayBytes)
            return value
        } catch {
            await self.unpin(blob, removeStrayBytes)
            throw error
        }
    }

    /// Tells that bytes of a pinned content are in place and no row may name them.
    func bytesInstalled(_ blob: BlobID) {
        self.entries.withLock { $0[blob]?.hasStrayBytes = true }
    }

    /// Tells that a row names a pinned content.
    func rowCommitted(_ blob: BlobID) {
        self.entries.withLock { $0[blob]?.hasStrayBytes = false }
    }

    /// Runs the body with the content to itself, unless an upload has pinned it.
    ///
    /// - Returns: `nil` where it is pinned or taken.
    func withExclusive<Value>(on blob: BlobID, _ body: () async throws -> Value) async throws -> Value? {
        guard self.takeExclusive(blob) else { return nil }
        defer { self.endExclusive(blob) }
        return try await body()
    }

    /// Runs the body with the content to itself, as soon as nobody else has it.
    ///
    /// Others hold a content for as long as a commit takes.
    func withExclusiveWhenFree<Value>(on blob: BlobID, _ body: () async throws -> Value) async throws -> Value {
        while !self.takeExclusive(blob) {
            await self.wait(for: blob) { $0 != nil }
        }
        defer { self.endExclusive(blob) }
        return try await body()
    }

    /// Runs the body with those contents to itself that nobody else has; it is told which.
    func withExclusive<Value>(
        onFreeOf blobs: [BlobID],
        _ body: (Set<BlobID>) async throws -> Value
    ) async throws -> Value {
        let free = Set(blobs.filter { self.takeExclusive($0) })
        defer { for blob in free { self.endExclusive(blob) } }
        return try await body(free)
    }

    /// Waits until somebody lets the content go, where it is held in a way that matters.
    private func wait(for blob: BlobID, while isHeld: @Sendable (Entry?) -> Bool) async {
        await withCheckedContinuation { continuation in
            let mustWait = self.entries.withLock { entries in
                guard isHeld(entries[blob]) else { return false }
                entries[blob]?.waiters.append(continuation)
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }

    private func takeExclusive(_ blob: BlobID) -> Bool {
        self.entries.withLock { entries in
            guard entries[blob] == nil else { return false }
            entries[blob] = Entry(isExclusive: true)
            return true
        }
    }

    private func endExclusive(_ blob: BlobID) {
        let waiters = self.entries.withLock { $0.removeValue(forKey: blob)?.waiters ?? [] }
        for waiter in waiters { waiter.resume() }
    }

    private func pin(_ blob: BlobID) async {
        while !self.tryPin(blob) {
            await self.wait(for: blob) { $0?.isExclusive == true }
        }
    }

    private func tryPin(_ blob: BlobID) -> Bool {
        self.entries.withLock { entries in
            guard entries[blob]?.isExclusive != true else { return false }
            entries[blob, default: Entry()].pins += 1
            return true
        }
    }

    private func unpin(_ blob: BlobID, _ removeStrayBytes: () async -> Void) async {
        let leaving: Leaving = self.entries.withLock { entries in
            guard var entry = entries[blob] else { return .free([]) }
            entry.pins -= 1
            if entry.pins == 0, entry.hasStrayBytes {
                entry.isExclusive = true
                entries[blob] = entry
                return .checkStrayBytes
            }
            entries[blob] = entry.pins == 0 ? nil : entry
            return .free(entry.pins == 0 ? entry.waiters : [])
        }
        switch leaving {
        case .free(let waiters):
            for waiter in waiters { waiter.resume() }
        case .checkStrayBytes:
            await removeStrayBytes()
            self.endExclusive(blob)
        }
    }
}
