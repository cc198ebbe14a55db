import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

/// The process ends, or the power goes, after each single call of a small history; then the store is opened again.
@Suite struct CrashTests {
    /// What the caller was told before the crash.
    private struct Acknowledged {
        var stored: [BlobID] = []
        var removed: [BlobID] = []
        var started: [BlobID] = []
    }

    private static let sizes = [5000, StagingFile.window + 1, 0]

    /// Three contents stored, one of them removed.
    private func history(of store: BlobStore, _ told: inout Acknowledged) throws {
        for size in Self.sizes {
            told.started.append(try digest(of: sampleBytes(size)))
            told.stored.append(try store.put(sampleBytes(size)))
        }
        let first = told.stored.removeFirst()
        try store.remove(first)
        told.removed.append(first)
    }

    private func callsOfHistory() throws -> Int {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            disk.resetCounts()
            var told = Acknowledged()
            try self.history(of: store, &told)
            return disk.callCount
        }
    }

    /// Runs the history up to a call, crashes there, opens again and checks.
    private func crash(after calls: Int, _ loss: PowerLoss?) throws {
        try withTemporaryFolder { folder in
            let root = folder.appending("storage")
            let spare = folder.appending("spare")
            try LocalFileSystem().createDirectory(spare)
            // What was there before is durable, and no business of this disk.
            _ = try makeStore(at: root, on: FaultyFileSystem())
            let disk = FaultyFileSystem(spare: spare)
            let store = BlobStore(root: root, fileSystem: disk, logger: quiet)
            disk.stop(after: calls)
            var told = Acknowledged()
            #expect(throws: BlobError.self) { try self.history(of: store, &told) }
            #expect(disk.isDown)
            if let loss { try disk.losePower(loss) }
            disk.reopen()
            let again = BlobStore(root: root, fileSystem: disk, logger: quiet)
            try again.recover()
            try self.check(again, told, "after \(calls) calls, \(String(describing: loss))")
        }
    }

    private func check(_ store: BlobStore, _ told: Acknowledged, _ comment: Comment) throws {
        #expect(try store.layout.staging.names().isEmpty, comment)
        var found: [BlobID: Int64] = [:]
        for shard in UInt8.min...UInt8.max {
            for blob in try store.blobs(inShard: shard) { found[blob.blob] = blob.size }
        }
        for blob in told.stored { #expect(found[blob] != nil, comment) }
        for blob in told.removed { #expect(found[blob] == nil, comment) }
        for (blob, size) in found {
            #expect(told.started.contains(blob), comment)
            // Whatever has a name has its bytes, acknowledged or not.
            #expect(try store.verify(blob, size: size), comment)
        }
        try store.put(sampleBytes(1))
    }

    @Test func aKillAtAnyCallLeavesWholeBlobs() throws {
        for calls in 0..<(try self.callsOfHistory()) { try self.crash(after: calls, nil) }
    }

    @Test(arguments: [PowerLoss.everything, .some(seed: 1), .some(seed: 2), .some(seed: 3)])
    func aPowerFailureAtAnyCallLeavesWholeBlobs(_ loss: PowerLoss) throws {
        for calls in 0..<(try self.callsOfHistory()) { try self.crash(after: calls, loss) }
    }

    @Test func whatWasNeverSynchronizedIsLost() throws {
        try withTemporaryFolder { folder in
            let root = folder.appending("root")
            let spare = folder.appending("spare")
            for path in [root, spare] { try LocalFileSystem().createDirectory(path) }
            let disk = FaultyFileSystem(spare: spare)
            let bytes = Array("0123456789".utf8)
            func write(_ name: String) throws -> any OpenFile {
                let file = try disk.open(root.appending(name), .create)
                _ = try bytes.withUnsafeBytes { try file.write($0, at: 0) }
                return file
            }
            let kept = try write("kept")
            try kept.synchronize()
            try disk.synchronizeDirectory(root)
            _ = try bytes.withUnsafeBytes { try kept.write($0, at: 5) }
            _ = try write("lost")
            try disk.rename(root.appending("kept"), to: root.appending("renamed"))
            try disk.losePower(.everything)
            #expect(throws: FileSystemError.self) { try disk.status(of: root) }
            #expect(throws: FileSystemError.self) { try kept.synchronize() }
            disk.reopen()
            #expect(throws: FileSystemError.self) { try kept.synchronize() }
            #expect(try root.names() == ["kept"])
            var buffer = [UInt8](repeating: 0, count: 100)
            let file = try disk.open(root.appending("kept"), .read)
            let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
            #expect(Array(buffer[..<count]) == bytes)
            #expect(try spare.names().isEmpty)
        }
    }
}
