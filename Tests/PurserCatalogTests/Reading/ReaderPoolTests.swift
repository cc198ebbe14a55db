import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite(.timeLimit(.minutes(2)))
struct ReaderPoolTests {
    @Test
    func manyReadAtOnceWhileOneWrites() async throws {
        try await CatalogFixture.run { catalog in
            _ = try await catalog.commit(.sample("a", 0))
            let key = try FileKey("a")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<300 {
                            let file = try #require(try catalog.file(bucket: .default, key: key))
                            // One statement, so the name and the content are of one moment.
                            #expect(file.size == 10)
                        }
                    }
                }
                group.addTask {
                    for number in 1...50 { _ = try await catalog.commit(.sample("a", number)) }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test
    func busyConnectionIsPassedOver() async throws {
        var configuration = CatalogConfiguration()
        configuration.readers = 2
        try await CatalogFixture.run(configuration) { catalog in
            try catalog.readers.read { (_) throws in
                // Held here; each of these would wait for ever behind it.
                for _ in 0..<10 { #expect(try catalog.totals().buckets == 1) }
            }
        }
    }

    @Test
    func readSeesWhatAWriteHasReturned() async throws {
        try await CatalogFixture.run { catalog in
            for number in 0..<100 {
                let file = try await catalog.commit(.sample("a", number)).file
                #expect(try catalog.file(bucket: .default, key: file.key) == file)
            }
        }
    }
}
