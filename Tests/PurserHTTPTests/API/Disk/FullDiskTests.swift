import Foundation
import HTTPTypes
import Purser
import PurserBlobs
import PurserTestSupport
import Testing

@testable import PurserHTTP

/// A disk that is full, or fails.
@Suite(.timeLimit(.minutes(1))) struct FullDiskTests {
    private static let large = String(repeating: "0123456789abcdef", count: 16_384)

    @Test(arguments: [FileSystemCall.write, .open, .rename])
    func fullDiskIsSaidToBeFullAndLeavesNothing(_ call: FileSystemCall) async throws {
        let disk = FaultyFileSystem()
        try await TestAPI.run(fileSystem: disk) { api in
            try await api.store("a", Self.large)
            disk.resetCounts()
            disk.fail(call, with: .noSpace, on: call == .write || call == .open ? "staging/" : "")
            let target = TestAPI.target(of: "a")
            try await api.expectRefused(507, "store_full", .put, target, [:], Self.large + "new")
            #expect(disk.injectedFaults > 0)
            #expect(try await api.file(.get, "a").text == Self.large)
            #expect(try await api.file(.put, "small", [:], "fits into the catalog").status == 201)
            disk.heal()
            #expect(try await api.file(.put, "a", [:], Self.large + "new").status == 200)
            #expect(try await api.file(.get, "a").text == Self.large + "new")
            #expect(try await api.send(.get, "/readyz").status == 200)
        }
    }

    @Test func brokenDiskIsNoFaultOfTheClient() async throws {
        let disk = FaultyFileSystem()
        try await TestAPI.run(fileSystem: disk) { api in
            disk.fail(.write, with: .inputOutput, on: "staging/")
            try await api.expectRefused(500, "io_error", .put, TestAPI.target(of: "a"), [:], Self.large)
            #expect(disk.injectedFaults > 0)
            disk.heal()
            #expect(try await api.file(.put, "a", [:], Self.large).status == 201)
        }
    }

    @Test func quotaIsKept() async throws {
        try await TestAPI.run({ $0.storage.quota = 400_000 }) { api in
            try await api.store("a", Self.large)
            let target = TestAPI.target(of: "b")
            try await api.expectRefused(507, "store_full", .put, target, [:], Self.large + "b")
            #expect(try await api.file(.put, "small", [:], "still fits").status == 201)
            // The same content again takes no room, but whether it is the same is known only at its end.
            #expect(try await api.file(.put, "copy", ["X-Copy-From": "default/a"]).status == 201)
            #expect(try await api.file(.delete, "a").status == 204)
            #expect(try await api.file(.delete, "copy").status == 204)
        }
    }

    @Test(arguments: [FileSystemCall.synchronize, .synchronizeDirectory])
    func failedSynchronizationEndsWritesAndKeepsReads(_ call: FileSystemCall) async throws {
        let disk = FaultyFileSystem()
        try await TestAPI.run(fileSystem: disk) { api in
            try await api.store("a", Self.large)
            try await api.store("small", "in the catalog")
            disk.resetCounts()
            disk.fail(call, with: .inputOutput, times: 1)
            try await api.expectReadOnly(.put, "new", Self.large + "new")
            #expect(disk.injectedFaults == 1)
            // The fault is gone; trust is too.
            try await api.expectReadOnly(.put, "new", Self.large + "new")
            try await api.expectReadOnly(.put, "new", "small")
            try await api.expectReadOnly(.put, "a", "")
            try await api.expectReadOnly(.delete, "a", nil)
            #expect(disk.injectedFaults == 1)
            let ready = try await api.send(.get, "/readyz")
            #expect(ready.status == 503)
            #expect(try ready.json()["reason"]?.text?.contains("read-only") == true)
            #expect(try await api.send(.get, "/healthz").status == 200)
            #expect(try await api.file(.get, "a").text == Self.large)
            #expect(try await api.file(.get, "small").text == "in the catalog")
            #expect(try await api.file(.get, "new").status == 404)
            let list = try await api.send(.get, "/v1/buckets/default/files").json()
            #expect(list["files"]?.elements.count == 2)
        }
    }
}

extension TestAPI {
    fileprivate func expectReadOnly(
        _ method: HTTPRequest.Method,
        _ key: String,
        _ body: String?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let answer = try await self.file(method, key, [:], body)
        try answer.expectProblem(503, "read_only", sourceLocation: sourceLocation)
        #expect(answer["Retry-After"] != nil, sourceLocation: sourceLocation)
        #expect(try Footprint(of: self.manager).active == 0, sourceLocation: sourceLocation)
    }
}
