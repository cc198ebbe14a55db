import Foundation
import NIOCore
import Purser
import Synchronization
import SystemPackage
import Testing

@testable import PurserCLI

/// Downloads that are cut off, and go on where they were.
@Suite("Interrupted downloads", .timeLimit(.minutes(1)))
struct InterruptedDownloadTests {
    private let content = String(repeating: "0123456789abcdef", count: 500_000)

    private func store(_ key: String, _ text: String, _ live: LiveService) async throws -> ContentFacts {
        let stored = try await live.manager.upload(to: "default", key: key, bytes: Array(text.utf8))
        return ContentFacts(size: stored.file.size, sha256: stored.file.blob)
    }

    /// Fetches a file, and leaves off after so many bytes.
    ///
    /// - Returns: From where on the bytes came.
    private func fetch(
        _ key: String,
        to path: FilePath,
        _ facts: ContentFacts,
        _ live: LiveService,
        cutAfter limit: Int64? = nil
    ) async throws -> Int64 {
        let offset = Mutex<Int64>(-1)
        let count = Mutex<Int64>(0)
        // A task of its own, which is cancelled from within.
        let task = Task {
            try await FileDownload(service: live.service, place: try FilePlace(key)).run(
                to: path,
                expecting: facts,
                begin: { facts in offset.withLock { $0 = facts.offset } },
                onBytes: { bytes in
                    let sum = count.withLock { count in
                        count += bytes
                        return count
                    }
                    if let limit, sum >= limit { withUnsafeCurrentTask { $0?.cancel() } }
                }
            )
        }
        _ = try await task.value
        #expect(count.withLock { $0 } + offset.withLock { $0 } == Int64(try path.read().utf8.count))
        return offset.withLock { $0 }
    }

    @Test(arguments: LiveService.Way.allCases)
    func aDownloadGoesOnWhereItWasCut(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let facts = try await self.store("k", self.content, live)
            let path = live.folder.appending("a")
            await #expect(throws: (any Error).self) {
                try await self.fetch("k", to: path, facts, live, cutAfter: 1_000_000)
            }
            #expect(try FileStatus.ifPresent(path) == nil)
            let offset = try await self.fetch("k", to: path, facts, live)
            #expect(offset >= 1_000_000)
            #expect(try path.read() == self.content)
            #expect(try live.folder.names().filter { $0.hasSuffix(".part") } == [])
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func aFileThatWasReplacedIsFetchedFromItsStart(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let facts = try await self.store("k", self.content, live)
            let path = live.folder.appending("a")
            await #expect(throws: (any Error).self) {
                try await self.fetch("k", to: path, facts, live, cutAfter: 1_000_000)
            }
            let other = String(self.content.reversed())
            _ = try await self.store("k", other, live)
            // The caller still takes it for what it was, as one that looked it up just before.
            #expect(try await self.fetch("k", to: path, facts, live) == 0)
            #expect(try path.read() == other)
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func aPartThatIsDamagedIsFetchedFromItsStart(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let facts = try await self.store("k", self.content, live)
            let path = live.folder.appending("a")
            try live.folder.appending("a.\(facts.sha256.hex.prefix(16)).part").write("not how it begins")
            let count = Mutex<Int64>(0)
            try await FileDownload(service: live.service, place: try FilePlace("k")).run(
                to: path,
                expecting: facts,
                begin: { _ in },
                onBytes: { bytes in count.withLock { $0 += bytes } }
            )
            #expect(try path.read() == self.content)
            #expect(count.withLock { $0 } == 2 * facts.size - 17, "once in vain, from the seventeenth byte on")
        }
    }

    @Test func aServerThatDiesIsToldOfAndTheDownloadGoesOnWithTheNext() async throws {
        try await withTemporaryFolder { folder in
            let store = folder.appending("store")
            let source = folder.appending("source")
            try source.write(String(repeating: self.content, count: 4))
            let target = folder.appending("target")
            try await ServerProgram.serve(store, in: folder) { server in
                let put = try await Program.run(["put", source.string, "k", "--server", server.url], in: folder)
                #expect(put.status == 0, "\(put.diagnostics)")
                try await RemoteService.connect(to: server.url) { service in
                    let facts = try await ContentFacts(service.file(try FilePlace("k")))
                    let isKilled = OnceFlag()
                    let error = await #expect(throws: CommandError.self) {
                        try await FileDownload(service: service, place: try FilePlace("k")).run(
                            to: target,
                            expecting: facts,
                            begin: { _ in },
                            onBytes: { _ in if isKilled.raise() { server.program.signal(SIGKILL) } }
                        )
                    }
                    #expect(error?.status == .failed)
                    #expect(error?.message.contains("the same command continues there") == true)
                    #expect(error?.message.contains("connection") == true)
                }
                let gone = try await Program.run(["get", "k", "target", "--server", server.url], in: folder)
                #expect(gone.status == 1)
                #expect(gone.diagnostics.contains("(server_unreachable)"))
            }
            let part = try #require(try folder.names().first { $0.hasPrefix("target.") && $0.hasSuffix(".part") })
            let kept = try FileStatus(of: folder.appending(part)).size
            #expect(kept > 0)
            try await ServerProgram.serve(store, in: folder) { server in
                let get = try await Program.run(["get", "k", "target", "--json", "--server", server.url], in: folder)
                #expect(get.status == 0, "\(get.diagnostics)")
                #expect(get.output.contains(#""continued_from":\#(kept)"#))
            }
            #expect(FileManager.default.contentsEqual(atPath: source.string, andPath: target.string))
        }
    }
}
