import Foundation
import PurserBlobs
import PurserIdentifiers
import PurserTestSupport
import SystemPackage
import Testing

@Suite struct RecoveryTests {
    @Test func whatOperationsLeftIsRemovedAndBlobsAreKept() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let blob = try store.put(sampleBytes(5000))
            let disk = LocalFileSystem()
            for number in 0..<300 { _ = try disk.open(store.layout.staging.appending("\(number)"), .create) }
            let scratch = store.layout.scratch(of: OperationID())
            try disk.createDirectory(scratch)
            try disk.createDirectory(scratch.appending("inner"))
            _ = try disk.open(scratch.appending("inner/file"), .create)
            try store.recover()
            #expect(try store.layout.staging.names().isEmpty)
            #expect(try store.layout.temp.names().isEmpty)
            #expect(try store.contents(of: blob, size: 5000) == sampleBytes(5000))
            try store.recover()
        }
    }

    @Test func linksAreRemovedAndNotFollowed() throws {
        try withTemporaryFolder { folder in
            let store = try makeStore(at: folder.appending("storage"))
            let outside = folder.appending("outside")
            try LocalFileSystem().createDirectory(outside)
            _ = try LocalFileSystem().open(outside.appending("precious"), .create)
            try makeSymbolicLink(store.layout.temp.appending("link"), to: outside)
            try makeSymbolicLink(store.layout.temp.appending("loose"), to: outside.appending("nothing"))
            try store.recover()
            #expect(try store.layout.temp.names().isEmpty)
            #expect(try outside.names() == ["precious"])
        }
    }

    /// Deeper than a path may be long: a step's program may leave such a thing.
    @Test func scratchOfAnyDepthIsRemoved() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            let name = String(repeating: "d", count: 200)
            let disk = LocalFileSystem()
            // Built from the inside out, as no call could name the innermost from the top.
            var inner = store.layout.temp.appending("inner")
            try disk.createDirectory(inner)
            for _ in 0..<40 {
                let outer = store.layout.temp.appending("outer")
                try disk.createDirectory(outer)
                try disk.rename(inner, to: outer.appending(name))
                try disk.rename(outer, to: store.layout.temp.appending("inner"))
                inner = store.layout.temp.appending("inner")
            }
            #expect(try store.layout.temp.names() == ["inner"])
            try store.recover()
            #expect(try store.layout.temp.names().isEmpty)
        }
    }

    @Test func namesThatAreNotTextAreRemoved() throws {
        try withTemporaryFolder { root in
            let store = try makeStore(at: root)
            var path = store.layout.temp.string.utf8.map { CInterop.PlatformChar(bitPattern: $0) }
            path += [47, -1, -2, 0]
            _ = try LocalFileSystem().open(FilePath(platformString: path), .create)
            #expect(try store.layout.temp.names().count == 1)
            try store.recover()
            #expect(try store.layout.temp.names().isEmpty)
        }
    }

    @Test func whatMayNotBeRemovedDoesNotKeepTheStoreClosed() throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            for name in ["a", "b", "c"] { _ = try disk.open(store.layout.temp.appending(name), .create) }
            disk.fail(.remove, with: .error(.permissionDenied), on: "temp/b")
            try store.recover()
            #expect(disk.injectedFaults > 0)
            #expect(try store.layout.temp.names() == ["b"])
        }
    }

    @Test func aBrokenDiskIsReported() throws {
        try withTemporaryFolder { root in
            let disk = FaultyFileSystem()
            let store = try makeStore(at: root, on: disk)
            _ = try disk.open(store.layout.temp.appending("a"), .create)
            disk.fail(.remove, with: .inputOutput)
            let error = #expect(throws: BlobError.self) { try store.recover() }
            #expect(error?.code == .inputOutput)
            disk.heal()
            try store.recover()
            #expect(try store.layout.temp.names().isEmpty)
        }
    }
}
