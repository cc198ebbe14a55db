import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserTestSupport
import Testing

@Suite struct StagedContentTests {
    static let limit = 1000

    @Test(arguments: [0, 1, limit - 1, limit, limit + 1, 3 * StagingFile.window], [7, 400, 1_000_000])
    func onlyWhatIsLargerThanTheLimitMakesAFile(_ size: Int, _ pieceSize: Int) throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            disk.resetCounts()
            let content = sampleBytes(size)
            let staged = StagedContent(store: store, operation: OperationID(), inlineLimit: Self.limit)
            var rest = content
            while rest.readableBytes > 0 {
                let piece = rest.readSlice(length: min(pieceSize, rest.readableBytes))
                try staged.write(#require(piece))
            }
            #expect(staged.byteCount == Int64(size))
            let finished = try staged.finish()
            #expect(finished.size == Int64(size))
            #expect(try finished.blob == digest(of: content))
            switch finished.place {
            case .inline(let buffer):
                #expect(size <= Self.limit)
                #expect(buffer == content)
                #expect(disk.callCount == 0)
            case .file(let file):
                #expect(size > Self.limit)
                try store.install(file, as: finished.blob)
                #expect(try store.contents(of: finished.blob, size: size) == content)
            }
            staged.discard()
            #expect(try store.layout.staging.names().isEmpty)
        }
    }

    @Test func aSmallPieceDoesNotHoldOnToLargeMemory() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let staged = StagedContent(store: store, operation: OperationID(), inlineLimit: Self.limit)
            try staged.write(try #require(sampleBytes(1 << 20).getSlice(at: 5, length: 10)))
            guard case .inline(let buffer) = try staged.finish().place else {
                Issue.record("10 bytes are small")
                return
            }
            #expect(buffer.storageCapacity <= 1024)
        }
    }

    @Test func whatIsNotInstalledIsRemoved() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            func begin() throws {
                let staged = StagedContent(store: store, operation: OperationID(), inlineLimit: Self.limit)
                try staged.write(sampleBytes(5000))
                _ = try staged.finish()
                #expect(try store.layout.staging.names().count == 1)
            }
            try begin()
            #expect(try store.layout.staging.names().isEmpty)
        }
    }

    @Test func nothingIsTakenAfterDiscarding() throws {
        try withTemporaryFolder { root in
            let staged = StagedContent(
                store: try makeStore(at: root),
                operation: OperationID(),
                inlineLimit: Self.limit
            )
            try staged.write(sampleBytes(5))
            staged.discard()
            #expect(throws: BlobError.self) { try staged.write(sampleBytes(1)) }
            #expect(throws: BlobError.self) { try staged.finish() }
        }
    }
}
