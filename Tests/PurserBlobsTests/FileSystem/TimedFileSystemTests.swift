import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@Suite struct TimedFileSystemTests {
    /// Keeps what it is told.
    private final class Listener: Sendable {
        private let calls = Mutex<[(FileSystemCall, Duration)]>([])

        var calledNames: [FileSystemCall] { self.calls.withLock { $0.map(\.0) } }

        func time(of call: FileSystemCall) -> Duration {
            self.calls.withLock { $0.filter { $0.0 == call }.reduce(.zero) { $0 + $1.1 } }
        }

        func note(_ call: FileSystemCall, _ duration: Duration) {
            self.calls.withLock { $0.append((call, duration)) }
        }
    }

    @Test func storingABlobIsToldCallByCall() throws {
        try withTemporaryFolder { root in
            let listener = Listener()
            let disk = TimedFileSystem(LocalFileSystem()) { listener.note($0, $1) }
            let store = BlobStore(root: root, fileSystem: disk, logger: quiet)
            try store.create()
            let before = listener.calledNames.count
            let content = sampleBytes(StagingFile.window + 1)
            let file = try store.makeStagingFile(for: OperationID())
            try file.write(content)
            let blob = try file.seal()
            try store.install(file, as: blob)
            #expect(
                Array(listener.calledNames.dropFirst(before)) == [.write, .synchronize, .rename, .synchronizeDirectory]
            )
            let reader = try store.openBlob(blob, size: Int64(content.readableBytes), encoding: .raw)
            #expect(try reader.read(at: 0, upTo: content.readableBytes) == content)
            #expect(listener.calledNames.last == .read)
            // The file's own times are those of its calls, and what lies between them.
            let called = [FileSystemCall.write, .synchronize, .rename, .synchronizeDirectory].map(listener.time(of:))
            #expect(file.times.disk + .seconds(1) > called.reduce(.zero, +))
            #expect(file.times.disk >= listener.time(of: .write) + listener.time(of: .synchronize))
            #expect(file.times.hash > .zero)
        }
    }

    @Test func aCallThatFailsIsToldToo() throws {
        try withTemporaryFolder { root in
            let listener = Listener()
            let faulty = FaultyFileSystem()
            faulty.fail(.rename, with: .inputOutput)
            let disk = TimedFileSystem(faulty) { listener.note($0, $1) }
            #expect(throws: FileSystemError.self) { try disk.rename(root.appending("a"), to: root.appending("b")) }
            #expect(faulty.injectedFaults == 1)
            #expect(listener.calledNames == [.rename])
        }
    }

    @Test func aContentInMemoryTakesNoTimeOfTheDisk() throws {
        try withTemporaryFolder { root in
            let store = BlobStore(root: root, fileSystem: FaultyFileSystem(), logger: quiet)
            try store.create()
            let staged = StagedContent(store: store, operation: OperationID(), inlineLimit: 1_000)
            try staged.write(sampleBytes(1_000))
            _ = try staged.finish()
            #expect(staged.times.hash > .zero)
            #expect(staged.times.disk == .zero)
        }
    }
}
