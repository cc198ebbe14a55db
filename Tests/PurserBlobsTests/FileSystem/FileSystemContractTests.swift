import NIOCore
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

/// What every ``FileSystem`` must do.
@Suite struct FileSystemContractTests {
    enum Disk: CaseIterable {
        case local, timed, faulty, faultyWithSpare

        func make(_ folder: FilePath) throws -> any FileSystem {
            switch self {
            case .local: return LocalFileSystem()
            case .timed: return TimedFileSystem(LocalFileSystem()) { _, _ in }
            case .faulty: return FaultyFileSystem()
            case .faultyWithSpare:
                let spare = folder.appending("spare")
                try LocalFileSystem().createDirectory(spare)
                return FaultyFileSystem(spare: spare)
            }
        }
    }

    private func withDisk(_ disk: Disk, _ body: (any FileSystem, FilePath) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let root = folder.appending("root")
            try LocalFileSystem().createDirectory(root)
            try body(try disk.make(folder), root)
        }
    }

    private func write(_ text: String, to file: any OpenFile, at offset: Int64 = 0) throws {
        let bytes = Array(text.utf8)
        let count = try bytes.withUnsafeBytes { try file.write($0, at: offset) }
        #expect(count == bytes.count)
    }

    private func read(_ file: any OpenFile, at offset: Int64 = 0, count: Int = 100) throws -> String {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
        return String(decoding: bytes[..<got], as: UTF8.self)
    }

    @Test(arguments: Disk.allCases)
    func whatIsWrittenIsRead(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            let path = root.appending("file")
            let writer = try disk.open(path, .create)
            try self.write("hello ", to: writer)
            try self.write("world", to: writer, at: 6)
            try writer.synchronize()
            #expect(try writer.status().size == 11)
            try writer.close()
            let reader = try disk.open(path, .read)
            #expect(try self.read(reader) == "hello world")
            #expect(try self.read(reader, at: 6) == "world")
            #expect(try self.read(reader, at: 11).isEmpty)
        }
    }

    @Test(arguments: Disk.allCases)
    func createRefusesANameThatIsTaken(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            _ = try disk.open(root.appending("file"), .create)
            let error = #expect(throws: FileSystemError.self) { try disk.open(root.appending("file"), .create) }
            #expect(error?.errno == .fileExists)
            #expect(error?.call == .open)
        }
    }

    @Test(arguments: Disk.allCases)
    func openRefusesASymbolicLink(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            _ = try disk.open(root.appending("file"), .create)
            try makeSymbolicLink(root.appending("link"), to: root.appending("file"))
            for mode in [OpenMode.read, .openOrCreate] {
                let error = #expect(throws: FileSystemError.self) { try disk.open(root.appending("link"), mode) }
                #expect(error?.errno == .tooManySymbolicLinkLevels)
            }
            #expect(try disk.status(of: root.appending("link"))?.kind == .symbolicLink)
        }
    }

    @Test(arguments: Disk.allCases)
    func foldersAreMadeOnceAndListed(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            let folder = root.appending("folder")
            try disk.createDirectory(folder)
            try disk.createDirectory(folder)
            #expect(try disk.status(of: folder)?.kind == .directory)
            _ = try disk.open(folder.appending("b"), .create)
            _ = try disk.open(folder.appending("a"), .create)
            #expect(try disk.entries(of: folder).map(\.string) == ["a", "b"])
            let error = #expect(throws: FileSystemError.self) { try disk.createDirectory(folder.appending("a")) }
            #expect(error?.errno == .fileExists)
        }
    }

    @Test(arguments: Disk.allCases)
    func renameReplacesAndRemoveRemoves(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            let (old, new) = (root.appending("old"), root.appending("new"))
            try self.write("old", to: try disk.open(old, .create))
            try self.write("new", to: try disk.open(new, .create))
            try disk.rename(old, to: new)
            #expect(try disk.status(of: old) == nil)
            #expect(try self.read(try disk.open(new, .read)) == "old")
            try disk.synchronizeDirectory(root)
            try disk.remove(new)
            #expect(try disk.entries(of: root).isEmpty)
            #expect(throws: FileSystemError.self) { try disk.remove(new) }
        }
    }

    @Test(arguments: Disk.allCases)
    func whatIsAbsentIsSaidToBe(_ disk: Disk) throws {
        try self.withDisk(disk) { (disk, root) throws in
            let path = root.appending("nothing")
            #expect(try disk.status(of: path) == nil)
            let calls: [() throws -> Void] = [
                { _ = try disk.open(path, .read) }, { try disk.remove(path) }, { try disk.removeDirectory(path) },
                { try disk.rename(path, to: root.appending("x")) }, { _ = try disk.entries(of: path) },
                { try disk.synchronizeDirectory(path) }, { _ = try disk.space(at: path) },
            ]
            for call in calls {
                let error = #expect(throws: FileSystemError.self) { try call() }
                #expect(error?.isAbsent == true)
            }
        }
    }

    @Test(arguments: Disk.allCases)
    func aLockIsOneFilesAtATime(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            let first = try disk.open(root.appending("lock"), .openOrCreate)
            let second = try disk.open(root.appending("lock"), .openOrCreate)
            #expect(try first.lock())
            #expect(try !second.lock())
            #expect(try second.isLocked())
            #expect(try !first.isLocked())
            try first.close()
            #expect(try !second.isLocked())
            #expect(try second.lock())
        }
    }

    @Test(arguments: Disk.allCases)
    func truncateCutsAndPreallocateTakesSpace(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            let file = try disk.open(root.appending("file"), .create)
            try self.write("hello", to: file)
            try file.truncate(to: 2)
            #expect(try file.status().size == 2)
            try file.preallocate(1 << 20)
            #expect(try file.status().size == 1 << 20)
            #expect(try file.status().allocatedBytes >= 1 << 20)
        }
    }

    @Test(arguments: Disk.allCases)
    func aClosedFileAnswersNoMore(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            let file = try disk.open(root.appending("file"), .create)
            try file.close()
            try file.close()
            #expect(throws: FileSystemError.self) { try file.synchronize() }
            #expect(throws: FileSystemError.self) { try file.status() }
        }
    }

    @Test(arguments: Disk.allCases)
    func spaceIsThatOfTheDisk(_ disk: Disk) throws {
        try self.withDisk(disk) { disk, root in
            let space = try disk.space(at: root)
            #expect(space.total > 0)
            #expect((0...space.total).contains(space.available))
        }
    }
}
