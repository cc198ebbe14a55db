import Foundation
import NIOCore
import Purser
import Synchronization
import SystemPackage
import Testing

@testable import PurserCLI

/// What holds of the service, whichever way it is reached.
@Suite("The service behind the commands", .timeLimit(.minutes(1)))
struct StorageServiceTests {
    private func put(_ text: String, _ key: String, _ live: LiveService, _ options: PutOptions = .init()) async throws
        -> StoredFileDocument
    {
        let path = live.folder.appending("\(UUID())")
        try path.write(text)
        return try await live.service.upload(
            try .file(path),
            to: try FilePlace(key),
            options: options,
            operation: OperationID()
        )
    }

    private func get(_ key: String, _ live: LiveService) async throws -> String {
        let text = Mutex("")
        let size = Mutex<Int64?>(nil)
        try await live.service.download(
            try FilePlace(key),
            continuing: nil,
            operation: OperationID(),
            begin: { facts in size.withLock { $0 = facts.size } },
            deliver: { piece in text.withLock { $0 += String(buffer: piece) } }
        )
        #expect(size.withLock { $0 } == Int64(text.withLock { $0.utf8.count }), "the size is told before the bytes")
        return text.withLock { $0 }
    }

    private func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return CommandError(describing: error).code
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func anyKeyCanBeStoredFetchedShownAndRemoved(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            for key in ["a", "..", "../x", "a//b/", "/", "./.", "ü 📁+%2F?#&=\"'", "e\u{301}", "é", "a\\b", ".part"] {
                let stored = try await self.put("content of \(key)", key, live)
                #expect(stored.file.key.utf8.elementsEqual(key.utf8))
                #expect(try await self.get(key, live) == "content of \(key)")
                let file = try await live.service.file(try FilePlace(key))
                #expect(file.isAt(try FileKey(key)))
                try await live.service.delete(try FilePlace(key))
                let codeOfGet = await self.code { _ = try await self.get(key, live) }
                #expect(codeOfGet == "file_not_found")
                let codeOfFile = await self.code { _ = try await live.service.file(try FilePlace(key)) }
                #expect(codeOfFile == "file_not_found")
            }
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func contentsOfAllSizesComeBackWhole(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            for size in [0, 1, 65_536, 65_537, 262_144, 1_000_000] {
                let text = String(repeating: "x", count: size)
                let stored = try await self.put(text, "k", live)
                #expect(stored.file.size == Int64(size))
                let fetched = try await self.get("k", live)
                #expect(fetched == text)
            }
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func typeAndMetadataAreKept(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let options = PutOptions(contentType: "text/x-test", metadata: ["author": "Ada L."])
            #expect(try await self.put("x", "k", live, options).isDeduplicated == false)
            let file = try await live.service.file(try FilePlace("k"))
            #expect(file.contentType == "text/x-test")
            #expect(file.metadata == ["author": "Ada L."])
            let copy = try await live.service.copy(try FilePlace("k"), to: try FilePlace("../copy %"))
            #expect(copy.isDeduplicated)
            #expect(copy.file.metadata == ["author": "Ada L."])
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func whatMustBeNewReplacesNothing(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let options = PutOptions(mustBeNew: true)
            _ = try await self.put("first", "k", live, options)
            let code = await self.code { _ = try await self.put("second", "k", live, options) }
            #expect(code == "precondition_failed")
            #expect(try await self.get("k", live) == "first")
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func aWalkFetchesAllPages(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            for key in ["a/1", "a/2", "a/3", "a/b/4", "a+", "b"] { _ = try await self.put("x", key, live) }
            var walk = FileWalk(FileQuery(bucket: .default, prefix: "a/", limit: 2), of: live.service)
            var keys: [String] = []
            while let file = try await walk.nextFile() { keys.append(file.key) }
            #expect(keys == ["a/1", "a/2", "a/3", "a/b/4"])
            let page = try await live.service.list(FileQuery(bucket: .default, delimiter: "/"), after: nil)
            #expect(page.files.map(\.key) == ["a+", "b"])
            #expect(page.prefixes == ["a/"])
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func bucketsAreMadeListedAndDeleted(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let name = try BucketName("backup")
            #expect(try await live.service.createBucket(name).name == "backup")
            #expect(try await live.service.createBucket(name).files == 0, "it is found there")
            _ = try await self.put("text", "k", live)
            _ = try await live.service.copy(try FilePlace("k"), to: FilePlace(bucket: name, key: try FileKey("k")))
            #expect(try await live.service.buckets().map(\.name) == ["backup", "default"])
            #expect(try await live.service.buckets().map(\.logicalBytes) == [4, 4])
            let codeOfFull = await self.code { try await live.service.deleteBucket(name) }
            #expect(codeOfFull == "bucket_not_empty")
            try await live.service.delete(FilePlace(bucket: name, key: try FileKey("k")))
            try await live.service.deleteBucket(name)
            let codeOfGone = await self.code { try await live.service.deleteBucket(name) }
            #expect(codeOfGone == "bucket_not_found")
        }
    }

    @Test(arguments: LiveService.Way.allCases)
    func aCancelledUploadLeavesNothing(_ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let (reading, writing) = try FileDescriptor.pipe(options: .closeOnExec)
            let service = live.service
            let id = OperationID()
            let upload = Task {
                try await service.upload(.input(reading), to: try FilePlace("k"), options: .init(), operation: id)
            }
            try writing.writeAll("the beginning".utf8)
            for await update in live.manager.operations.updates() where update.state == .running { break }
            upload.cancel()
            let result = await upload.result
            #expect(throws: (any Error).self) { try result.get() }
            let updates = try #require(live.manager.operations.updates(of: id))
            for await update in updates where update.state.isFinal { #expect(update.state == .cancelled) }
            let codeAfter = await self.code { _ = try await live.service.file(try FilePlace("k")) }
            #expect(codeAfter == "file_not_found")
            try writing.close()
            try reading.close()
        }
    }
}

@Suite("The service of a server", .timeLimit(.minutes(1)))
struct RemoteServiceTests {
    @Test func aBusyServerIsAskedAgain() async throws {
        let (waits, busy) = AsyncStream<Duration>.makeStream()
        try await LiveService.run(
            .remote,
            { configuration in
                configuration.resources.maxConcurrentOperations = 1
                configuration.resources.queueCapacity = 0
            },
            onBusy: { _, wait in busy.yield(wait) }
        ) { live in
            // From what ends the server tells when to come back: at once, with these.
            for _ in 1...5 { try await live.manager.upload(to: "default", key: "first", bytes: [1]) }
            // Not for the programs that other tests start meanwhile: with them it would not end.
            let (reading, writing) = try FileDescriptor.pipe(options: .closeOnExec)
            let path = live.folder.appending("second")
            try path.write("second")
            let service = live.service
            async let first = service.upload(
                .input(reading),
                to: try FilePlace("first"),
                options: .init(),
                operation: OperationID()
            )
            try writing.writeAll("first".utf8)
            for await update in live.manager.operations.updates() where update.state == .running { break }
            async let second = service.upload(
                try .file(path),
                to: try FilePlace("second"),
                options: .init(),
                operation: OperationID()
            )
            var iterator = waits.makeAsyncIterator()
            #expect((await iterator.next() ?? .zero) >= .seconds(1), "the second one was refused")
            try writing.close()
            _ = try await (first, second)
            #expect(
                try await service.list(FileQuery(bucket: .default), after: nil).files.map(\.key) == ["first", "second"]
            )
            try reading.close()
        }
    }

    @Test func aServerThatIsNotThereIsSaidToBe() async throws {
        // Nothing listens on port 1 of a loopback address that nobody uses.
        let error = await #expect(throws: CommandError.self) {
            try await RemoteService.connect(to: "http://127.0.0.1:1") { try await $0.buckets() }
        }
        #expect(error?.code == CommandError.unreachable)
        #expect(error?.message.contains("purser serve") == true)
    }
}
