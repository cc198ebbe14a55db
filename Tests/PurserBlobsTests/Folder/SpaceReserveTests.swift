import PurserBlobs
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct SpaceReserveTests {
    @Test func spaceIsReallyTakenAndGivenBack() throws {
        try withTemporaryFolder { root in
            let reserve = SpaceReserve(root: root)
            #expect(!reserve.release())
            #expect(reserve.restore())
            let status = try #require(try LocalFileSystem().status(of: root.appending("reserve")))
            #expect(status.size == SpaceReserve.defaultSize)
            #expect(status.allocatedBytes >= SpaceReserve.defaultSize)
            #expect(reserve.restore())
            #expect(reserve.release())
            #expect(try root.names().isEmpty)
        }
    }

    @Test func halfAReserveIsMadeWhole() throws {
        try withTemporaryFolder { root in
            try LocalFileSystem().open(root.appending("reserve"), .create).truncate(to: SpaceReserve.defaultSize)
            #expect(SpaceReserve(root: root).restore())
            let status = try #require(try LocalFileSystem().status(of: root.appending("reserve")))
            #expect(status.allocatedBytes >= SpaceReserve.defaultSize)
        }
    }

    @Test(arguments: [FileSystemCall.space, .status, .open, .preallocate, .close])
    func aDiskThatRefusesIsLeftWithoutOne(_ call: FileSystemCall) throws {
        try withTemporaryFolder { (root: FilePath) throws in
            let disk = FaultyFileSystem()
            disk.fail(call, with: .noSpace)
            #expect(!SpaceReserve(root: root, fileSystem: disk).restore())
            #expect(disk.injectedFaults == 1)
            #expect(try root.names().isEmpty)
        }
    }
}
