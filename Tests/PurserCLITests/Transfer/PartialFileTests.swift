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

    private func name(_ target: String, _ text: String) throws -> String {
        "\(target).\(try self.facts(text).sha256.hex.prefix(16)).part"
    }

    /// Leaves the beginning of a content, as an interrupted download does.
    private func interrupt(_ target: FilePath, _ text: String, after beginning: String) async throws {
        await #expect(throws: (any Error).self) {
            try await PartialFile.write(target, self.facts(text)) { partial in
                try await partial.append(ByteBuffer(string: beginning))
                throw Failure()
            }
        }
    }

    @Test(arguments: [
        ("a.txt.0123456789abcdef.part", true), (".purser-0123456789abcdef.part", true), ("a.part", false),
        ("a.0123456789abcdeg.part", false), ("a.0123456789abcdef.party", false), ("part", false),
    ])
    func nameTellsWhatADownloadHasLeft(_ name: String, _ isPartial: Bool) {
        #expect(PartialFileName.isPartial(name) == isPartial)
    }

    @Test func theFileHasItsNameOnlyWhenItIsWhole() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("a").write("old")
            try await PartialFile.write(folder.appending("a"), self.facts("new")) { partial in
                try await partial.append(ByteBuffer(string: "ne"))
                #expect(try folder.names() == ["a", self.name("a", "new")])
                #expect(try folder.appending("a").read() == "old")
                try await partial.append(ByteBuffer(string: "w"))
            }
            #expect(try folder.names() == ["a"])
            #expect(try folder.appending("a").read() == "new")
        }
    }

    @Test func whatCameIsKeptAndContinued() async throws {
        try await withTemporaryFolder { folder in
            let target = folder.appending("a")
            try await self.interrupt(target, "content", after: "cont")
            #expect(try folder.names() == [self.name("a", "content")])
            try await PartialFile.write(target, self.facts("content")) { partial in
                #expect(partial.count == 4)
                try await partial.append(ByteBuffer(string: "ent"))
            }
            #expect(try folder.names() == ["a"])
            #expect(try target.read() == "content")
        }
    }

    @Test func theFailureTellsWhereItIsKept() async throws {
        try await withTemporaryFolder { folder in
            let error = await #expect(throws: CommandError.self) {
                try await PartialFile.write(folder.appending("a"), self.facts("content")) { partial in
                    try await partial.append(ByteBuffer(string: "con"))
                    throw CommandError("the connection failed", code: "x")
                }
            }
            #expect(error?.code == "x")
            let name = try self.name("a", "content")
            #expect(error?.message.contains(name) == true)
        }
    }

    @Test func aWholePartNeedsNoMoreBytes() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending(self.name("a", "text")).write("text")
            try await PartialFile.write(folder.appending("a"), self.facts("text")) { _ in throw Failure() }
            #expect(try folder.names() == ["a"])
        }
    }

    @Test func anotherContentIsNotContinued() async throws {
        try await withTemporaryFolder { folder in
            let target = folder.appending("a")
            try await self.interrupt(target, "content", after: "cont")
            try await PartialFile.write(target, self.facts("another")) { partial in
                #expect(partial.count == 0)
                try await partial.append(ByteBuffer(string: "another"))
            }
            #expect(try target.read() == "another")
        }
    }

    @Test(arguments: ["wrong", "a beginning longer than the whole"])
    func aPartThatIsWrongIsRemoved(_ beginning: String) async throws {
        try await withTemporaryFolder { folder in
            let target = folder.appending("a")
            try folder.appending(self.name("a", "content")).write(beginning)
            let isTooLong = beginning.utf8.count > 7
            let error = await #expect(throws: CommandError.self) {
                try await PartialFile.write(target, self.facts("content")) { partial in
                    #expect(partial.count == (isTooLong ? 0 : 5))
                    try await partial.append(ByteBuffer(string: isTooLong ? "CONTENT" : "nt"))
                }
            }
            #expect(error?.code == "digest_mismatch")
            #expect(try folder.names() == [])
        }
    }

    @Test func withoutAByteNothingIsLeft() async throws {
        try await withTemporaryFolder { folder in
            await #expect(throws: Failure.self) {
                try await PartialFile.write(folder.appending("a"), self.facts("x")) { _ in throw Failure() }
            }
            let names = try folder.names()
            #expect(names.isEmpty)
        }
    }

    @Test func tooFewBytesAreKeptAndSaidToBe() async throws {
        try await withTemporaryFolder { folder in
            let error = await #expect(throws: CommandError.self) {
                try await PartialFile.write(folder.appending("a"), self.facts("text")) { partial in
                    try await partial.append(ByteBuffer(string: "te"))
                }
            }
            #expect(error?.code == "content_incomplete")
            let names = try folder.names()
            #expect(try names == [self.name("a", "text")])
        }
    }

    /// What may stand under the name of a partial file and is not to be written to.
    enum Obstacle: CaseIterable {
        case link, hardLink, folder, pipe, download
    }

    @Test(arguments: Obstacle.allCases)
    func whatIsNoPartOfOursIsLeftAlone(_ obstacle: Obstacle) async throws {
        try await withTemporaryFolder { folder in
            let outside = folder.appending("outside")
            let part = folder.appending("in").appending(try self.name("a", "text"))
            let target = folder.appending("in").appending("a")
            try outside.write("mine")
            try FileManager.default.createDirectory(
                atPath: folder.appending("in").string,
                withIntermediateDirectories: true
            )
            let write: () async throws -> Void = {
                try await PartialFile.write(target, self.facts("text")) {
                    try await $0.append(ByteBuffer(string: "text"))
                }
            }
            switch obstacle {
            case .link: #expect(symlink(outside.string, part.string) == 0)
            case .hardLink: #expect(link(outside.string, part.string) == 0)
            case .folder: #expect(mkdir(part.string, 0o700) == 0)
            case .pipe: #expect(mkfifo(part.string, 0o600) == 0)
            case .download: break
            }
            if obstacle == .download {
                try await PartialFile.write(target, self.facts("text")) { partial in
                    try await partial.append(ByteBuffer(string: "te"))
                    try await write()
                    try await partial.append(ByteBuffer(string: "xt"))
                }
            } else {
                try await write()
                #expect(try FileStatus.ifPresent(part, followsLinks: false) != nil)
            }
            #expect(try target.read() == "text")
            #expect(try outside.read() == "mine")
        }
    }

    @Test func aPartThatIsReplacedMeanwhileIsNotGivenTheName() async throws {
        try await withTemporaryFolder { folder in
            await #expect(throws: CommandError.self) {
                try await PartialFile.write(folder.appending("a"), self.facts("text")) { partial in
                    try await partial.append(ByteBuffer(string: "text"))
                    #expect(unlink(partial.path.string) == 0)
                    try partial.path.write("text")
                }
            }
            let target = try FileStatus.ifPresent(folder.appending("a"))
            #expect(target == nil)
        }
    }

    @Test func theLongestNameWorks() async throws {
        try await withTemporaryFolder { folder in
            let name = String(repeating: "n", count: 255)
            try await PartialFile.write(folder.appending(name), self.facts("")) { _ in }
            #expect(try folder.names() == [name])
        }
    }

    @Test func cancellationKeepsWhatCame() async throws {
        try await withTemporaryFolder { folder in
            let task = Task {
                try await PartialFile.write(folder.appending("a"), self.facts("text")) { partial in
                    try await partial.append(ByteBuffer(string: "text"))
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
            let names = try folder.names()
            #expect(try names == [self.name("a", "text")])
        }
    }
}
