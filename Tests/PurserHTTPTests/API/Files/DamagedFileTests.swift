import Foundation
import HTTPTypes
import Purser
import PurserBlobs
import PurserIdentifiers
import SystemPackage
import Testing

@testable import PurserHTTP

/// A file whose bytes went bad on the disk.
@Suite(.timeLimit(.minutes(1)))
struct DamagedFileTests {
    @Test func isSaidToBeDamagedFromTheFirstReadOnUntilItIsStoredAgain() async throws {
        try await TestAPI.run { api in
            let content = String(repeating: "content ", count: 20_000)
            try await api.store("a", content)
            try await api.store("same", content)
            #expect(try await !Self.isDamaged("a", in: api))
            let blob = try api.manager.file(in: .default, key: FileKey("a")).blob
            let path = StoreLayout(root: api.manager.configuration.storage.path).file(of: blob)
            try LocalFileSystem().open(path, .openOrCreate).truncate(to: 10)
            try await api.file(.get, "a").expectProblem(500, "content_damaged")
            #expect(try await Self.isDamaged("a", in: api))
            #expect(try await Self.isDamaged("same", in: api))
            try await api.store("b", content)
            #expect(try await !Self.isDamaged("a", in: api))
            #expect(try await api.file(.get, "same").text == content)
        }
    }

    private static func isDamaged(_ key: String, in api: TestAPI) async throws -> Bool {
        let list = try await api.send(.get, "/v1/buckets/default/files?prefix=\(key)").text
        try #require(list.contains("\"key\":\"\(key)\""))
        return list.contains("\"damaged\":true")
    }
}
