import Foundation
import NIOCore
import Synchronization
import SystemPackage
import Testing

@testable import PurserCLI

@Suite("What is uploaded")
struct SourceTests {
    private func text(_ source: ContentSource) async throws -> String {
        var text = ""
        for try await piece in source { text += String(buffer: piece) }
        return text
    }

    @Test func aFileComesInPiecesAndIsCounted() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("a")
            let content = String(repeating: "0123456789abcdef", count: 40_000)
            try path.write(content)
            let count = Mutex<Int64>(0)
            let source = try ContentSource.file(path, onBytes: { bytes in count.withLock { $0 += bytes } })
            #expect(source.size == 640_000)
            var sizes: [Int] = []
            for try await piece in source { sizes.append(piece.readableBytes) }
            #expect(sizes == [262_144, 262_144, 115_712])
            #expect(count.withLock { $0 } == 640_000)
            #expect(try await self.text(source) == content, "it can be read again")
        }
    }

    @Test func bytesReadInVainAreTakenBack() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("a")
            try path.write(String(repeating: "x", count: 300_000))
            let count = Mutex<Int64>(0)
            let source = try ContentSource.file(path, onBytes: { bytes in count.withLock { $0 += bytes } })
            do {
                var iterator = source.makeAsyncIterator()
                #expect(try await iterator.next()?.readableBytes == 262_144)
                #expect(count.withLock { $0 } == 262_144)
            }
            #expect(count.withLock { $0 } == 0)
        }
    }

    @Test(arguments: ["short", "longer than before"])
    func aFileThatChangesIsAFailure(_ content: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("a")
            try path.write("0123456789")
            let source = try ContentSource.file(path)
            try path.write(content)
            await #expect(throws: CommandError.self) { try await self.text(source) }
        }
    }

    @Test func aFileReplacedByOneOfTheSameSizeIsAFailure() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("a")
            try path.write("0123456789")
            let source = try ContentSource.file(path)
            try folder.appending("b").write("abcdefghij")
            #expect(rename(folder.appending("b").string, path.string) == 0)
            await #expect(throws: CommandError.self) { try await self.text(source) }
        }
    }

    @Test func foldersAndDevicesAreNoFiles() async throws {
        for path in ["/", "/dev/null"] as [FilePath] {
            let error = #expect(throws: CommandError.self) { try ContentSource.file(path) }
            #expect(error?.status == .usage)
        }
        #expect(throws: CommandError.self) { try ContentSource.file("/nowhere/at all") }
    }

    @Test func aStreamIsReadToItsEnd() async throws {
        let (reading, writing) = try FileDescriptor.pipe(options: .closeOnExec)
        try writing.writeAll("piped".utf8)
        try writing.close()
        let source = ContentSource.input(reading)
        #expect(source.size == nil)
        #expect(try await self.text(source) == "piped")
        try reading.close()
    }

    @Test(.timeLimit(.minutes(1)))
    func waitingForASilentStreamCanBeCancelled() async throws {
        let (reading, writing) = try FileDescriptor.pipe(options: .closeOnExec)
        let task = Task { try await self.text(.input(reading)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try writing.close()
        try reading.close()
    }

    @Test func aWalkFindsFilesInOrderAndLeavesOutLoopsAndPipes() async throws {
        try await withTemporaryFolder { folder in
            let top = folder.appending("top")
            for name in ["b/y", "b/x", "a", "c"] { try top.appending(FilePath(name).components).write(name) }
            #expect(mkfifo(top.appending("pipe").string, 0o600) == 0)
            let links = [("b/up", ".."), ("d", "../.."), ("e", "a"), ("f", "b"), ("g", "nowhere")]
            for (name, target) in links {
                let path = top.appending(FilePath(name).components).string
                try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
            }
            var walk = try FolderWalk(top)
            var files: [String] = []
            var others: [String] = []
            while let entry = walk.next() {
                switch entry {
                case .file(_, let relative): files.append(relative)
                case .skipped(let path, _): others.append("skipped \(path.string.dropFirst(top.string.count + 1))")
                case .failed(let path, _): others.append("failed \(path.string.dropFirst(top.string.count + 1))")
                }
            }
            #expect(files == ["a", "b/x", "b/y", "c", "e", "f/x", "f/y"])
            #expect(others == ["skipped b/up", "skipped d", "skipped f/up", "failed g", "skipped pipe"])
        }
    }
}
