import Crypto
import Foundation
import NIOCore
import PurserIdentifiers
import SystemPackage
import Testing

@testable import PurserCLI

@Suite("Downloads under way")
struct PartialFileTests {
    private struct Failure: Error {}

    private func facts(_ text: String, size: Int64? = nil) throws -> ContentFacts {
        let digest = try #require(BlobID(bytes: SHA256.hash(data: Data(text.utf8))))
        return ContentFacts(size: size ?? Int64(text.utf8.count), sha256: digest)
    }

    @Test func theFileHasItsNameOnlyWhenItIsWhole() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("a").write("old")
            try await PartialFile.write(folder.appending("a"), isAmongOthers: false) { partial in
                try await partial.append(ByteBuffer(string: "ne"))
                #expect(try folder.names() == ["a", "a.part"])
                #expect(try folder.appending("a").read() == "old")
                try await partial.append(ByteBuffer(string: "w"))
                return try self.facts("new")
            }
            #expect(try folder.names() == ["a"])
            #expect(try folder.appending("a").read() == "new")
        }
    }

    @Test func aFailureLeavesNothing() async throws {
        try await withTemporaryFolder { folder in
            await #expect(throws: Failure.self) {
                try await PartialFile.write(folder.appending("a"), isAmongOthers: false) { partial in
                    try await partial.append(ByteBuffer(string: "x"))
                    throw Failure()
                }
            }
            let names = try folder.names()
            #expect(names.isEmpty)
        }
    }

    @Test(arguments: [("other", nil), ("text", Int64(3))])
    func bytesThatWereNotPromisedAreNotKept(_ promised: String, _ size: Int64?) async throws {
        try await withTemporaryFolder { folder in
            let error = await #expect(throws: CommandError.self) {
                try await PartialFile.write(folder.appending("a"), isAmongOthers: false) { partial in
                    try await partial.append(ByteBuffer(string: "text"))
                    return try self.facts(promised, size: size ?? 4)
                }
            }
            #expect(error?.code == (size == nil ? "digest_mismatch" : "content_incomplete"))
            let names = try folder.names()
            #expect(names.isEmpty)
        }
    }

    @Test(arguments: [false, true])
    func aFileThatHasTheNameOfThePartIsLeftAlone(_ isAmongOthers: Bool) async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("a.part").write("mine")
            try await PartialFile.write(folder.appending("a"), isAmongOthers: isAmongOthers) { partial in
                try await partial.append(ByteBuffer(string: "text"))
                return try self.facts("text")
            }
            #expect(try folder.names() == ["a", "a.part"])
            #expect(try folder.appending("a.part").read() == "mine")
        }
    }

    @Test func theLongestNameWorks() async throws {
        try await withTemporaryFolder { folder in
            let name = String(repeating: "n", count: 255)
            try await PartialFile.write(folder.appending(name), isAmongOthers: false) { _ in try self.facts("") }
            #expect(try folder.names() == [name])
        }
    }

    @Test func cancellationLeavesNothing() async throws {
        try await withTemporaryFolder { folder in
            let task = Task {
                try await PartialFile.write(folder.appending("a"), isAmongOthers: false) { partial in
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try self.facts("")
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let names = try folder.names()
            #expect(names.isEmpty)
        }
    }
}
