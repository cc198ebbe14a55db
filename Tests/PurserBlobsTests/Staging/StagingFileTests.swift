import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct StagingFileTests {
    /// Sizes of pieces around the window, in sequences that fill it exactly, not quite, and too far.
    static let pieces: [[Int]] = [
        [], [0], [1], [0, 1, 0], [StagingFile.window - 1], [StagingFile.window], [StagingFile.window + 1],
        [StagingFile.window - 1, 1], [1, StagingFile.window - 1], [1, StagingFile.window],
        [1, StagingFile.window * 3, 1], [100_000, 100_000, 100_000, 100_000, 7], Array(repeating: 4096, count: 200),
        [StagingFile.window / 2, StagingFile.window * 2, 5, StagingFile.window],
    ]

    @Test(arguments: Self.pieces)
    func anySplitGivesTheSameBytesAndDigest(_ sizes: [Int]) throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            let content = sampleBytes(sizes.reduce(0, +))
            var rest = content
            let file = try store.makeStagingFile(for: OperationID())
            for size in sizes {
                let piece = rest.readSlice(length: size)
                try file.write(#require(piece))
            }
            #expect(file.byteCount == Int64(content.readableBytes))
            let blob = try file.seal()
            #expect(try blob == digest(of: content))
            #expect(try file.seal() == blob)
            try store.install(file, as: blob)
            #expect(try store.contents(of: blob, size: content.readableBytes) == content)
            // Every write but the last has a whole window.
            #expect(disk.count(of: .write) <= content.readableBytes / StagingFile.window + 1)
        }
    }

    @Test func knownDigestsComeOut() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let vectors = [
                "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq":
                    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
            ]
            for (text, hex) in vectors {
                #expect(try store.put(ByteBuffer(string: text)).hex == hex)
            }
        }
    }

    @Test func shortWritesAreGoneOnWith() throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            disk.fail(.write, with: .shortWrite(1000), times: 100)
            let content = sampleBytes(700_000)
            let blob = try store.put(content)
            #expect(disk.injectedFaults == 100)
            #expect(try store.contents(of: blob, size: 700_000) == content)
        }
    }

    @Test func aFileThatIsLetGoIsRemoved() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            func begin() throws {
                let file = try store.makeStagingFile(for: OperationID())
                try file.write(sampleBytes(10))
                #expect(try store.layout.staging.names().count == 1)
            }
            try begin()
            #expect(try store.layout.staging.names().isEmpty)
        }
    }

    @Test func discardingTwiceIsFineAndWritingAfterwardsIsAnError() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let file = try store.makeStagingFile(for: OperationID())
            file.discard()
            file.discard()
            #expect(throws: BlobError.self) { try file.write(sampleBytes(1)) }
            #expect(throws: BlobError.self) { try file.seal() }
            #expect(try store.layout.staging.names().isEmpty)
        }
    }

    @Test func aScopeLeavesOnlyWhatWasInstalled() async throws {
        try await withTemporaryFolder { root in
            let store = try makeStore(at: root)
            await #expect(throws: CancellationError.self) {
                try await store.withStagingFile(for: OperationID()) { file in
                    try file.write(sampleBytes(10))
                    throw CancellationError()
                }
            }
            let blob = try await store.withStagingFile(for: OperationID()) { file in
                try file.write(sampleBytes(10))
                let blob = try file.seal()
                try store.install(file, as: blob)
                return blob
            }
            #expect(try store.layout.staging.names().isEmpty)
            #expect(try store.contents(of: blob, size: 10) == sampleBytes(10))
        }
    }

    @Test func oneOperationMayHaveSeveralFiles() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let operation = OperationID()
            let files = try (0..<3).map { _ in try store.makeStagingFile(for: operation) }
            #expect(Set(files.map(\.path.string)).count == 3)
            #expect(files[0].path.lastComponent?.string == operation.description)
        }
    }
}
