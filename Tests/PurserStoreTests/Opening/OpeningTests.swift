import PurserIdentifiers
import PurserCatalog
import Foundation
import PurserBlobs
import PurserStore
import PurserTestSupport
import SystemPackage
import Testing

/// What is opened, what is refused, and that what is refused stays as it is.
@Suite(.timeLimit(.minutes(5)))
struct OpeningTests {
    /// Names and bytes of all that is in a folder.
    private static func snapshot(of path: FilePath) throws -> [String: Data] {
        var files: [String: Data] = [:]
        let manager = FileManager.default
        for name in try manager.subpathsOfDirectory(atPath: path.string) {
            files[name] = manager.contents(atPath: path.appending(name).string) ?? Data()
        }
        return files
    }

    private static func makeFolder(_ folder: StoreFolder) throws {
        try LocalFileSystem().createDirectory(folder.path)
    }

    @Test func missingFolderAndEmptyFolderBecomeStores() async throws {
        for isThere in [false, true] {
            try await withStoreFolder { folder in
                if isThere { try Self.makeFolder(folder) }
                let store = try await folder.open()
                #expect(!store.files.wasUnclean)
                #expect(try store.files.buckets().map(\.name) == [.default])
                #expect(try store.files.totals().files == 0)
                try await store.files.close()
            }
        }
    }

    @Test func missingFolderAndEmptyFolderAreRefusedWhereNoneMayBeMade() async throws {
        for isThere in [false, true] {
            try await withStoreFolder({ $0.createsWhenMissing = false }) { folder in
                if isThere { try Self.makeFolder(folder) }
                await expectError(.notAStore) { _ = try await folder.open() }
                if isThere {
                    #expect(try Self.snapshot(of: folder.path).isEmpty)
                } else {
                    #expect(try LocalFileSystem().status(of: folder.path) == nil)
                }
            }
        }
    }

    @Test func existingStoreIsOpenedWhereNoneMayBeMade() async throws {
        try await withStoreFolder { folder in
            try await folder.open().files.close()
            var careful = folder
            careful.configuration.createsWhenMissing = false
            try await careful.open().files.close()
        }
    }

    @Test func storeThatIsOpenIsLocked() async throws {
        try await withStoreFolder { folder in
            let store = try await folder.open()
            try store.files.announce(url: "http://127.0.0.1:8080")
            do {
                _ = try await folder.open()
                Issue.record("opened twice")
            } catch let error as StoreError {
                #expect(error.code == .locked)
                #expect(error.message.contains("http://127.0.0.1:8080"))
            }
            try await store.put("a", sample(10_000))
            try await store.files.close()
            let next = try await folder.open()
            #expect(!next.files.wasUnclean)
            try await next.files.close()
        }
    }

    @Test func refusedOpeningLeavesTheStagingFilesOfTheHolder() async throws {
        try await withStore { store in
            let body = TestBody(sample(20_000).pieces(of: 10_000)) { number in
                guard number == 2 else { return }
                let before = try store.folder.stagingFiles()
                #expect(before.count == 1)
                await expectError(.locked) { _ = try await store.folder.open() }
                let after = try store.folder.stagingFiles()
                #expect(after == before)
            }
            try await store.put("a", body: body)
            #expect(try await store.read("a") == sample(20_000))
        }
    }

    @Test func newerFormatIsRefusedUntouched() async throws {
        try await withStoreFolder { folder in
            try await folder.open().files.close()
            try Data("purser storage 2\n".utf8).write(to: URL(filePath: folder.layout.format.string))
            let before = try Self.snapshot(of: folder.path)
            await expectError(.newerFormat) { _ = try await folder.open() }
            #expect(try Self.snapshot(of: folder.path) == before)
        }
    }

    @Test func newerCatalogIsRefusedWithoutEmptyingAnything() async throws {
        try await withStoreFolder { folder in
            try await folder.open().files.close()
            // Bytes 60 to 63 of an SQLite database are its user_version (https://www.sqlite.org/fileformat.html).
            let handle = try FileHandle(forUpdating: URL(filePath: folder.layout.catalog.string))
            try handle.seek(toOffset: 60)
            try handle.write(contentsOf: Data([0, 0, 0, 99]))
            try handle.close()
            let resumable = folder.layout.staging.appending("a-later-kind-of-upload")
            try Data("bytes".utf8).write(to: URL(filePath: resumable.string))
            await expectError(.newerFormat) { _ = try await folder.open() }
            #expect(try folder.stagingFiles() == ["a-later-kind-of-upload"])
        }
    }

    @Test func folderOfSomethingElseIsRefusedUntouched() async throws {
        try await withStoreFolder { folder in
            try Self.makeFolder(folder)
            try Data("hello".utf8).write(to: URL(filePath: folder.path.appending("letter.txt").string))
            let before = try Self.snapshot(of: folder.path)
            await expectError(.notAStore) { _ = try await folder.open() }
            #expect(try Self.snapshot(of: folder.path) == before)
        }
    }

    @Test func fileInThePlaceOfTheFolderIsRefused() async throws {
        try await withStoreFolder { folder in
            try Data("hello".utf8).write(to: URL(filePath: folder.path.string))
            await expectError(.notAStore) { _ = try await folder.open() }
        }
    }

    /// With an empty catalog all blobs would look like leftovers.
    @Test(arguments: [10, 20_000])
    func storeWhoseCatalogIsGoneIsRefusedAndKeepsItsBytes(_ size: Int) async throws {
        try await withStoreFolder { folder in
            let store = try await folder.open()
            try await store.put("a", sample(size))
            try await store.files.close()
            let aside = folder.path.removingLastComponent().appending("aside")
            try LocalFileSystem().rename(folder.layout.catalog, to: aside)
            let blobs = try folder.blobFiles()
            await expectError(.notAStore) { _ = try await folder.open() }
            #expect(try folder.blobFiles() == blobs)
            #expect(try LocalFileSystem().status(of: folder.layout.catalog) == nil)
            try LocalFileSystem().rename(aside, to: folder.layout.catalog)
            let again = try await folder.open()
            #expect(try await again.read("a") == sample(size))
            try await again.files.close()
        }
    }

    @Test func storeWhoseFormatIsGoneIsRefusedAndKeepsItsBytes() async throws {
        try await withStoreFolder { folder in
            let store = try await folder.open()
            try await store.put("a", sample(20_000))
            try await store.files.close()
            try LocalFileSystem().remove(folder.layout.format)
            await expectError(.notAStore) { _ = try await folder.open() }
            #expect(try folder.blobFiles().count == 1)
        }
    }

    @Test func catalogThatIsNoDatabaseIsRefused() async throws {
        try await withStoreFolder { folder in
            try await folder.open().files.close()
            try Data(repeating: 0x2a, count: 8192).write(to: URL(filePath: folder.layout.catalog.string))
            await expectError(.inputOutput) { _ = try await folder.open() }
        }
    }

    // Root may write everywhere, so there is nothing to see for it.
    @Test(.enabled(if: getuid() != 0, "root may write into read-only folders"))
    func folderThatCannotBeWrittenIsRefused() async throws {
        try await withStoreFolder { folder in
            try Self.makeFolder(folder)
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.path.string)
            await expectError(.inputOutput) { _ = try await folder.open() }
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path.string)
        }
    }

    /// Each kind of call of the start fails once; then the store opens or says why not, and the next start is well.
    @Test(arguments: FileSystemCall.allCases, [FaultyFileSystem.Fault.noSpace, .inputOutput])
    func failedCallOfTheStartIsReported(_ call: FileSystemCall, _ fault: FaultyFileSystem.Fault) async throws {
        for place in [0, 3] {
            let comment: Comment = "call number \(place)"
            try await withStoreFolder { folder in
                var store = try await folder.open()
                try await store.put("a", sample(20_000))
                await store.kill()
                folder.disk.resetCounts()
                folder.disk.fail(call, with: fault, skipping: place, times: 1)
                do {
                    try await folder.open().files.close()
                } catch let error as StoreError {
                    #expect(folder.disk.injectedFaults == 1, comment)
                    let expected: [StoreError.Code] = [fault == .noSpace ? .storeFull : .inputOutput, .readOnly]
                    #expect(expected.contains(error.code), comment)
                }
                folder.disk.heal()
                store = try await folder.open()
                #expect(try await store.read("a") == sample(20_000), comment)
                try await store.put("b", sample(30_000))
                try await store.files.close()
            }
        }
    }

    @Test func deletesWorkOnAStoreOpenedOnAFullDisk() async throws {
        try await withStoreFolder { folder in
            var store = try await folder.open()
            try await store.put("a", sample(20_000))
            try await store.files.close()
            folder.disk.fail(.preallocate, with: .noSpace)
            store = try await folder.open()
            try await store.delete("a")
            #expect(try store.keys() == [])
            try await store.files.close()
        }
    }

    @Test func fullDiskGivesTheReserveBackToOpen() async throws {
        try await withStoreFolder { folder in
            let store = try await folder.open()
            try await store.put("a", sample(10_000))
            try await store.files.close()
            #expect(try LocalFileSystem().status(of: folder.layout.reserve) != nil)
            folder.disk.fail(.write, with: .noSpace, on: "lock", times: 1)
            // The room must not be taken again at once.
            folder.disk.fail(.preallocate, with: .noSpace)
            let again = try await folder.open()
            #expect(folder.disk.injectedFaults > 0)
            #expect(try LocalFileSystem().status(of: folder.layout.reserve) == nil)
            try await again.delete("a")
            try await again.files.close()
        }
    }
}
