import PurserTestSupport
import Testing

@testable import Purser

/// All files of a bucket as a sequence.
@Suite(.timeLimit(.minutes(1))) struct ListingTests {
    @Test func itGoesOverAllPages() async throws {
        try await withManager { manager, _ in
            for key in ["b/1", "a", "b/2", "c", "b/3"] {
                try await manager.upload(to: "default", key: key, bytes: [1])
            }
            var pages = 0
            var request = ListRequest(bucket: .default)
            request.limit = 2
            let all = try await FileListing(request: request, list: manager.list).keys()
            #expect(all == ["a", "b/1", "b/2", "b/3", "c"])
            while true {
                pages += 1
                guard let next = try manager.list(request).next else { break }
                request.after = next
            }
            #expect(pages == 3)
            #expect(try await manager.list(in: .default, prefix: "b/").keys() == ["b/1", "b/2", "b/3"])
            #expect(try await manager.list(in: .default, prefix: "z").keys() == [])
        }
    }

    @Test func aBucketThatIsNotThereIsAnError() async throws {
        try await withManager { manager, _ in
            let error = await #expect(throws: StoreError.self) {
                try await manager.list(in: BucketName("absent")).keys()
            }
            #expect(error?.code == .bucketNotFound)
        }
    }

    @Test func itIsReadAsItIsAskedFor() async throws {
        try await withManager { manager, _ in
            for key in ["a", "b", "c"] { try await manager.upload(to: "default", key: key, bytes: [1]) }
            var request = ListRequest(bucket: .default)
            request.limit = 1
            var files = FileListing(request: request, list: manager.list).makeAsyncIterator()
            #expect(try await files.next()?.key == FileKey("a"))
            try await manager.delete(from: .default, key: FileKey("b"))
            #expect(try await files.next()?.key == FileKey("c"))
            #expect(try await files.next() == nil)
        }
    }
}

extension FileListing {
    fileprivate func keys() async throws -> [String] {
        try await self.reduce(into: []) { $0.append($1.key.text) }
    }
}
