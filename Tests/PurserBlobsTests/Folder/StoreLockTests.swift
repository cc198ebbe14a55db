import Foundation
import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct StoreLockTests {
    @Test func aSecondLockIsRefusedAndNamesTheHolder() throws {
        try withTemporaryFolder { root in
            let lock = try StoreLock.acquire(at: root)
            #expect(!lock.wasUnclean)
            try lock.write(url: "http://127.0.0.1:8080")
            let error = #expect(throws: BlobError.self) { try StoreLock.acquire(at: root) }
            #expect(error?.code == .locked)
            #expect(error?.message.contains("http://127.0.0.1:8080") == true)
            let pid = ProcessInfo.processInfo.processIdentifier
            #expect(try StoreLock.holder(at: root) == .init(pid: pid, url: "http://127.0.0.1:8080"))
            try lock.write(url: "http://[::1]:1")
            #expect(try StoreLock.holder(at: root)?.url == "http://[::1]:1")
            lock.release(isClean: true)
            lock.release(isClean: true)
            #expect(try StoreLock.holder(at: root) == nil)
            let next = try StoreLock.acquire(at: root)
            #expect(!next.wasUnclean)
        }
    }

    @Test func nobodyHoldsAFolderWithoutALock() throws {
        try withTemporaryFolder { (root: FilePath) throws in
            #expect(try StoreLock.holder(at: root) == nil)
            #expect(try root.names().isEmpty)
        }
    }

    enum Ending: CaseIterable { case marked, declared, letGo }

    @Test(arguments: Ending.allCases)
    func anUncleanEndIsSeenByTheNext(_ ending: Ending) throws {
        try withTemporaryFolder { root in
            func end() throws {
                let lock = try StoreLock.acquire(at: root)
                switch ending {
                case .marked:
                    lock.markUnclean()
                    lock.release(isClean: true)
                case .declared: lock.release(isClean: false)
                case .letGo: break
                }
            }
            try end()
            #expect(try StoreLock.holder(at: root) == nil)
            let next = try StoreLock.acquire(at: root)
            #expect(next.wasUnclean)
            next.release(isClean: true)
            #expect(try !StoreLock.acquire(at: root).wasUnclean)
        }
    }

    @Test func anotherProcessIsRefused() async throws {
        try await withTemporaryFolder { root in
            let lock = try StoreLock.acquire(at: root)
            await #expect(processExitsWith: .exitCode(3)) { [path = root.string as String] in
                do {
                    _ = try StoreLock.acquire(at: FilePath(path))
                } catch let error as BlobError where error.code == .locked {
                    exit(3)
                }
            }
            lock.release(isClean: true)
        }
    }

    @Test func theEndOfAProcessFreesItsLockAndIsUnclean() async throws {
        try await withTemporaryFolder { (root: FilePath) async throws in
            await #expect(processExitsWith: .exitCode(4)) { [path = root.string as String] in
                let lock = try StoreLock.acquire(at: FilePath(path))
                withExtendedLifetime(lock) { exit(4) }
            }
            #expect(try StoreLock.holder(at: root) == nil)
            #expect(try StoreLock.acquire(at: root).wasUnclean)
        }
    }

    @Test func powerLossDuringTheFirstLockNeverKeepsTheNextOut() throws {
        try withTemporaryFolder { folder in
            let (root, spare) = (folder.appending("root"), folder.appending("spare"))
            for path in [root, spare] { try LocalFileSystem().createDirectory(path) }
            let disk = FaultyFileSystem(spare: spare)
            let lock = try StoreLock.acquire(at: root, fileSystem: disk)
            try disk.losePower(.everything)
            disk.reopen()
            // The content was made durable, so the next one knows.
            let next = try StoreLock.acquire(at: root, fileSystem: disk)
            #expect(next.wasUnclean)
            lock.release(isClean: true)
            #expect(try StoreLock.holder(at: root, fileSystem: disk) != nil)
        }
    }
}
