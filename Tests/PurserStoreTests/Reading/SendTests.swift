import NIOCore
import PurserBlobs
import PurserCatalog
import PurserIdentifiers
import Synchronization
import Testing

@testable import PurserStore

/// Sending takes the bytes from the file where nobody has to look at them.
@Suite(.timeLimit(.minutes(5)))
struct SendTests {
    /// Keeps what it is given.
    private final class Collector: ContentSender {
        private struct State {
            var bytes = ByteBuffer()
            var fromFile: [Range<Int64>] = []
        }

        private let state = Mutex(State())

        var bytes: ByteBuffer { self.state.withLock { $0.bytes } }
        var fromFile: [Range<Int64>] { self.state.withLock { $0.fromFile } }

        @concurrent
        func send(_ bytes: ByteBuffer) async throws {
            self.state.withLock { _ = $0.bytes.writeImmutableBuffer(bytes) }
        }

        @concurrent
        func send(_ range: Range<Int64>, of file: BlobReader) async throws {
            var bytes = try file.read(at: range.lowerBound, upTo: range.count)
            self.state.withLock { state in
                state.bytes.writeBuffer(&bytes)
                state.fromFile.append(range)
            }
        }
    }

    @Test(arguments: [false, true])
    func rangeIsSentWholeAndInOrder(_ isVerified: Bool) async throws {
        try await withStore({ $0.verifiesReads = isVerified }) { store in
            let size = 9_000_001
            let content = sample(size)
            try await store.put("a", content)
            for range: Range<Int64> in [0..<Int64(size), 1..<5_000_000, 4_000_000..<4_000_001] {
                let collector = Collector()
                let progress = Mutex(0)
                try await store.files.send(store.open("a"), range: range, through: collector) { count in
                    progress.withLock { $0 += count }
                }
                #expect(collector.bytes == content.getSlice(at: Int(range.lowerBound), length: range.count))
                #expect(progress.withLock { $0 } == range.count)
                // A whole content whose digest is to be checked goes through memory.
                let isWhole = range == 0..<Int64(size)
                #expect(collector.fromFile.isEmpty == (isVerified && isWhole))
            }
        }
    }

    @Test func progressCanEndIt() async throws {
        try await withStore { store in
            try await store.put("a", sample(3_000_000))
            let collector = Collector()
            await #expect(throws: CancellationError.self) {
                try await store.files.send(store.open("a"), range: 0..<3_000_000, through: collector) { _ in
                    throw CancellationError()
                }
            }
            #expect(collector.fromFile.count == 1)
        }
    }

    /// Cuts the file short when it is to send the second part, and fails as a connection does.
    private struct Saboteur: ContentSender {
        let store: OpenStore
        let blob: BlobID

        @concurrent
        func send(_ bytes: ByteBuffer) async throws {}

        @concurrent
        func send(_ range: Range<Int64>, of file: BlobReader) async throws {
            guard range.lowerBound > 0 else { return }
            let path = self.store.folder.layout.file(of: self.blob)
            try LocalFileSystem().open(path, .openOrCreate).truncate(to: 100)
            throw CancellationError()
        }
    }

    @Test func fileThatShrinksWhileItIsSentIsDamaged() async throws {
        try await withStore { store in
            let file = try await store.put("a", sample(3_000_000)).file
            let content = try store.open("a")
            await expectError(.contentDamaged) {
                try await store.files.send(
                    content,
                    range: 0..<3_000_000,
                    through: Saboteur(store: store, blob: file.blob)
                ) { _ in }
            }
        }
    }
}
