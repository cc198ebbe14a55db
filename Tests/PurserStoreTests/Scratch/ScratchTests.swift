import Foundation
import PurserBlobs
import PurserIdentifiers
import PurserOperations
import PurserStore
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

/// Scratch files of operations in the store's own folder, on a disk that fails.
@Suite(.timeLimit(.minutes(5)))
struct ScratchTests {
    private func scratch(_ store: OpenStore, limit: Int = 5) -> ScratchFiles {
        var configuration = ScratchConfiguration()
        configuration.limit = limit
        // Never what a test is about: on a busy machine two hundred take their time.
        configuration.waitLimit = .seconds(300)
        return ScratchFiles(
            configuration: configuration,
            root: store.files.scratchRoot,
            disk: store.files.scratchFileSystem,
            logger: quiet
        )
    }

    private func ask(
        _ scratch: ScratchFiles,
        _ operation: PurserOperations.Operation,
        _ isDirectory: Bool
    ) async throws {
        if isDirectory {
            try await scratch.withTemporaryDirectory(for: operation, deadline: .zero) { _ in }
        } else {
            try await scratch.withTemporaryFile(for: operation, deadline: .zero) { _ in }
        }
    }

    private func temporaryNames(_ store: OpenStore) throws -> [String] {
        try LocalFileSystem().entries(of: store.folder.layout.temp).map(\.string)
    }

    @Test func aFolderOfAnOperationGoesWithAllThatIsInIt() async throws {
        try await withStore { store in
            let scratch = self.scratch(store)
            let operation = try store.tracker.begin(.custom, name: "work")
            try await scratch.withTemporaryDirectory(for: operation) { path in
                #expect(path.hasPrefix(store.folder.layout.scratch(of: operation.id).string + "/"))
                try FileManager.default.createDirectory(
                    atPath: path + "/pages/1",
                    withIntermediateDirectories: true
                )
                try Data("x".utf8).write(to: URL(filePath: path + "/pages/1/text"))
                try FileManager.default.createSymbolicLink(
                    atPath: path + "/link",
                    withDestinationPath: store.folder.layout.blobs.string
                )
                try await scratch.withTemporaryFile(for: operation) { file in
                    #expect(file != path)
                    let names = try self.temporaryNames(store)
                    #expect(names == [operation.id.description])
                }
            }
            #expect(try self.temporaryNames(store).isEmpty)
            // What the link led to is still there.
            #expect(try LocalFileSystem().entries(of: store.folder.layout.blobs).count == 256)
        }
    }

    @Test(arguments: [FileSystemCall.removeDirectory, .remove, .forEachEntry])
    func aRemovalThatFailsIsListedAndDoneLater(_ call: FileSystemCall) async throws {
        try await withStore { store in
            let scratch = self.scratch(store)
            let operation = try store.tracker.begin(.custom, name: "work")
            store.disk.fail(call, with: .inputOutput, on: "/temp/")
            try await scratch.withTemporaryDirectory(for: operation, scope: "pages") { path in
                try Data("x".utf8).write(to: URL(filePath: path + "/text"))
            }
            #expect(store.disk.injectedFaults > 0)
            let failure = try #require(scratch.failures().first)
            #expect(failure.operation == operation.id && failure.scope == "pages")
            #expect(failure.message.contains("io_error"))
            #expect(try self.temporaryNames(store) == [operation.id.description])
            store.disk.heal()
            let cleaning = await scratch.cleanUp()
            #expect(cleaning.removed == 1)
            #expect(scratch.failures().isEmpty)
            #expect(try self.temporaryNames(store).isEmpty)
        }
    }

    @Test(arguments: [true, false])
    func aFullDiskRefusesAndKeepsNoPlace(_ isDirectory: Bool) async throws {
        try await withStore { store in
            let scratch = self.scratch(store, limit: 1)
            let operation = try store.tracker.begin(.custom, name: "work")
            store.disk.fail(isDirectory ? .createDirectory : .open, with: .noSpace, on: "/temp/")
            for _ in 0..<3 {
                let error = await #expect(throws: BlobError.self) {
                    try await self.ask(scratch, operation, isDirectory)
                }
                #expect(error?.code == .noSpace)
            }
            #expect(store.disk.injectedFaults >= 3)
            let figures = scratch.figures()
            #expect((figures.count, figures.made, figures.removed, figures.refused) == (0, 0, 0, 0))
            #expect(try self.temporaryNames(store).isEmpty)
        }
    }

    @Test func twoHundredPassUnderALimitOfFive() async throws {
        try await withStore { store in
            let scratch = self.scratch(store, limit: 5)
            let operations = try (0..<10).map { try store.tracker.begin(.custom, name: "\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try await scratch.withTemporaryDirectory(for: operations[index % 10]) { path in
                            try Data("\(index)".utf8).write(to: URL(filePath: path + "/number"))
                        }
                    }
                }
                try await group.waitForAll()
            }
            let figures = scratch.figures()
            #expect((figures.made, figures.removed, figures.count) == (200, 200, 0))
            #expect(figures.highWater == 5)
            #expect(try self.temporaryNames(store).isEmpty)
        }
    }
}
