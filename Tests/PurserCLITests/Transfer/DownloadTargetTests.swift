import Foundation
import PurserIdentifiers
import SystemPackage
import Testing

@testable import PurserCLI

@Suite("Where downloads go")
struct DownloadTargetTests {
    @Test(arguments: [
        ("a.pdf", "a.pdf"), ("x/y/a.pdf", "a.pdf"), ("../x", "x"), ("/etc/passwd", "passwd"), ("a/../b", "b"),
        (".hidden", ".hidden"), ("...", "..."),
    ])
    func theNameIsTheLastPartOfTheKey(_ key: String, _ name: String) throws {
        #expect(try DownloadTarget.path(of: FileKey(key), argument: nil) == FilePath(name))
    }

    @Test(arguments: ["..", ".", "x/..", "x/.", "x/", "/", String(repeating: "n", count: 256)])
    func aKeyWithoutANameNeedsAFile(_ key: String) throws {
        let error = #expect(throws: CommandError.self) { try DownloadTarget.path(of: FileKey(key), argument: nil) }
        #expect(error?.status == .usage)
        #expect(throws: CommandError.self) { try DownloadTarget.path(of: FileKey(key), argument: "folder/") }
        #expect(try DownloadTarget.path(of: FileKey(key), argument: "file") == "file")
    }

    @Test func aFolderIsPutInto() async throws {
        try await withTemporaryFolder { folder in
            let path = try DownloadTarget.path(of: FileKey("x/a"), argument: folder.string)
            #expect(path == folder.appending("a"))
        }
    }

    @Test(arguments: [
        "p/../x", "p/..", "p/.", "p//x", "p/x//y", "p/./x", "p/x/", "p//etc/passwd", "p/", "p/x/../../../y",
        "p/" + String(repeating: "n", count: 256),
    ])
    func aKeyThatIsNoPlainPathIsNone(_ key: String) {
        #expect(DownloadTarget.relativePath(of: key, droppingPrefix: "p/") == nil)
    }

    @Test func aPlainKeyIsAPathBelowTheFolder() {
        #expect(DownloadTarget.relativePath(of: "p/x/y z/ü", droppingPrefix: "p/") == "x/y z/ü")
        #expect(DownloadTarget.relativePath(of: "..x/y..", droppingPrefix: "") == "..x/y..")
        #expect(DownloadTarget.relativePath(of: "a\\b/~", droppingPrefix: "") == "a\\b/~")
    }

    @Test func linksBelowTheFolderAreNotFollowed() async throws {
        try await withTemporaryFolder { folder in
            let inside = folder.appending("inside")
            try DownloadTarget.makeFolder(inside)
            try FileManager.default.createSymbolicLink(
                atPath: inside.appending("link").string,
                withDestinationPath: folder.string
            )
            #expect(throws: CommandError.self) { try DownloadTarget.makeFolders(above: "link/x/y", in: inside) }
            #expect(try folder.names() == ["inside", "inside/link"])
            try DownloadTarget.makeFolders(above: "a/b/c", in: inside)
            #expect(try inside.names() == ["a", "a/b", "link"])
        }
    }

    @Test func aFileInTheWayIsAFailure() async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("a").write("")
            #expect(throws: CommandError.self) { try DownloadTarget.makeFolders(above: "a/b", in: folder) }
        }
    }
}
