import Testing

@testable import PurserProcessing

struct ArchiveListingTests {
    @Test func entriesAreTakenApart() throws {
        let text = """
            -rw-r--r--  0 0      0         200 Nov 21 19:38 dir/hello world.txt
            drwxrwxr-x  0 0      0           0 Nov 21  2020 dir/
            lrw-r--r--  0 1000   1000        0 Jan  1  1970 sl -> /etc/passwd
            crw-r--r--  0 0      0         0,0 Jan  1  1970 dev
            -rw-r--r--  0 0      0           7 Jan  1  1970  begins with a space
            Archive Format: POSIX ustar format,  Compression: gzip
            """
        let listing = try #require(ArchiveListing(text))
        #expect(listing.entries.map(\.kind) == ["-", "d", "l", "c", "-"])
        #expect(listing.files.map(\.name) == ["dir/hello world.txt", " begins with a space"])
        #expect(listing.totalSize == 207)
        #expect(ArchiveFormat.isOpened(listing.format))
    }

    @Test(arguments: [
        "nonsense", "-rw-r--r--  0 0 0 -5 Jan 1 1970 x", "-rw-r--r--  0 0 0 x Jan 1 1970 x", "-rw 0 0 0 1 Jan 1 1970",
    ])
    func aLineThatCannotBeReadIsNoListing(_ line: String) {
        #expect(ArchiveListing(line) == nil)
    }

    @Test func sizesThatDoNotFitAddUpToTheMost() throws {
        let line = "-rw-r--r--  0 0 0 9223372036854775807 Jan 1 1970 x\n"
        #expect(try #require(ArchiveListing(line + line)).totalSize == .max)
    }

    @Test(arguments: ["mtree", "ISO9660", "RAR", "cpio (SVR4 with no CRC)", "", "raw"])
    func otherFormatsAreNotOpened(_ name: String) {
        #expect(!ArchiveFormat.isOpened("Archive Format: \(name),  Compression: none"))
    }

    @Test func theEndOfAZipTellsItsEntries() {
        let end: [UInt8] = [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 3, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        #expect(ArchiveFormat.zipEntries([1, 2, 3] + end) == 3)
        #expect(ArchiveFormat.zipEntries(end + Array("a comment".utf8)) == 3)
        #expect(ArchiveFormat.zipEntries(Array(end.dropLast())) == nil)
        #expect(ArchiveFormat.zipEntries([]) == nil)
    }
}
