import Foundation
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct StoreFormatTests {
    private func put(_ text: String, at path: FilePath) throws {
        try Data(text.utf8).write(to: URL(filePath: path.string))
    }

    @Test func aNewFolderBecomesAStore() throws {
        try withTemporaryFolder { folder in
            let root = folder.appending("storage")
            #expect(try StoreFormat.check(at: root) == .absent)
            _ = try makeStore(at: root)
            #expect(try StoreFormat.check(at: root) == .absent)
            try StoreFormat.write(at: root)
            #expect(try StoreFormat.check(at: root) == .current)
            #expect(
                try Data(contentsOf: URL(filePath: root.appending("format").string)) == Data("purser storage 1\n".utf8)
            )
        }
    }

    @Test(arguments: [
        [], ["README.md"], [".gitignore", "lost+found"], ["lock", "catalog.sqlite", "catalog.sqlite-wal"],
    ])
    func whatIsAsGoodAsEmptyIsTaken(_ names: [String]) throws {
        try withTemporaryFolder { root in
            for name in names { try self.put("x", at: root.appending(name)) }
            #expect(try StoreFormat.check(at: root) == .absent)
        }
    }

    @Test func aForeignFolderIsRefusedAndNotTouched() throws {
        try withTemporaryFolder { root in
            try self.put("x", at: root.appending("thesis.tex"))
            let error = #expect(throws: BlobError.self) { try StoreFormat.check(at: root) }
            #expect(error?.code == .notAStore)
            #expect(error?.message.contains("thesis.tex") == true)
            #expect(try root.names() == ["thesis.tex"])
        }
    }

    @Test func aFileIsNotAFolder() throws {
        try withTemporaryFolder { folder in
            try self.put("x", at: folder.appending("file"))
            let error = #expect(throws: BlobError.self) { try StoreFormat.check(at: folder.appending("file")) }
            #expect(error?.code == .notAStore)
        }
    }

    @Test func contentsWithoutAFormatAreNotTakenForANewStore() throws {
        try withTemporaryFolder { root in
            try makeStore(at: root).put(sampleBytes(10))
            let error = #expect(throws: BlobError.self) { try StoreFormat.check(at: root) }
            #expect(error?.code == .notAStore)
        }
    }

    @Test func aNewerFormatIsRefusedNamingBoth() throws {
        try withTemporaryFolder { root in
            try self.put("purser storage 7\n", at: root.appending("format"))
            let error = #expect(throws: BlobError.self) { try StoreFormat.check(at: root) }
            #expect(error?.code == .newerFormat)
            #expect(error?.message.contains("7") == true)
            #expect(error?.message.contains("knows \(StoreFormat.version)") == true)
        }
    }

    @Test(arguments: ["", "7", "purser storage", "purser storage x", "purser storage 0", "something else 1"])
    func anotherProgramsFormatIsRefused(_ text: String) throws {
        try withTemporaryFolder { root in
            try self.put(text, at: root.appending("format"))
            let error = #expect(throws: BlobError.self) { try StoreFormat.check(at: root) }
            #expect(error?.code == .notAStore)
        }
    }

    @Test(arguments: [FileSystemCall.open, .write, .synchronize, .close, .rename])
    func aFailedWriteLeavesNoFormat(_ call: FileSystemCall) throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            disk.fail(call, with: .noSpace, times: 1)
            #expect(throws: BlobError.self) { try StoreFormat.write(at: root, fileSystem: disk) }
            #expect(disk.injectedFaults == 1)
            #expect(try root.names().isEmpty)
            try StoreFormat.write(at: root, fileSystem: disk)
            #expect(try StoreFormat.check(at: root) == .current)
        }
    }
}
