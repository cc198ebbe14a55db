import ArgumentParser
import Foundation
import Purser
import Synchronization
import SystemPackage
import Testing

@testable import PurserCLI

/// Sources that fail in the middle of an upload.
@Suite("Sources that cannot be stored", .timeLimit(.minutes(1)))
struct BadSourceTests {
    /// What happens to a file while it is read.
    enum Change: CaseIterable, Sendable {
        case grows, shrinks, isWrittenTo, isReplaced

        func apply(to path: FilePath) throws {
            let file = try FileHandle(forUpdating: URL(filePath: path.string))
            switch self {
            case .grows:
                try file.seekToEnd()
                try file.write(contentsOf: Data("more".utf8))
            case .shrinks: try file.truncate(atOffset: 500_000)
            case .isWrittenTo:
                try file.seek(toOffset: 900_000)
                try file.write(contentsOf: Data("other".utf8))
            case .isReplaced:
                try FileManager.default.removeItem(atPath: path.string)
                try path.write("another")
            }
            try file.close()
        }
    }

    @Test(arguments: Change.allCases, LiveService.Way.allCases)
    func aFileThatChangesWhileItIsReadIsNotStored(_ change: Change, _ way: LiveService.Way) async throws {
        try await LiveService.run(way) { live in
            let path = live.folder.appending("source")
            try path.write(String(repeating: "x", count: 1_000_000))
            // Written long ago, so that any write shows in its time.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: 1)],
                ofItemAtPath: path.string
            )
            let isChanged = OnceFlag()
            let failure = Mutex<(any Error)?>(nil)
            let source = try ContentSource.file(path) { _ in
                guard isChanged.raise() else { return }
                do { try change.apply(to: path) } catch { failure.withLock { $0 = error } }
            }
            let outcome = await Task {
                try await live.service.upload(source, to: FilePlace("k"), options: .init(), operation: OperationID())
            }.result
            #expect(failure.withLock { $0 } == nil)
            #expect(isChanged.isRaised)
            if change == .isReplaced {
                // The old one is still open, and whole.
                #expect(try outcome.get().file.size == 1_000_000)
            } else {
                let error = #expect(throws: (any Error).self) { try outcome.get() }
                #expect(
                    error.map { CommandError(describing: $0).message.contains("was changed while it was read") } == true
                )
                #expect(try await live.service.fileIfPresent(FilePlace("k")) == nil)
            }
        }
    }

    @Test func whatCannotBeReadIsListedAndTheRestIsStored() async throws {
        try await LiveService.run(.remote) { live in
            let source = live.folder.appending("source")
            for name in ["a", "b", "vanishing"] { try source.appending(name).write(name) }
            let links = [("loop", "loop"), ("nowhere", "missing"), ("up", ".."), ("unreadable", "/proc/self/mem")]
            for (name, target) in links {
                try FileManager.default.createSymbolicLink(
                    atPath: source.appending(name).string,
                    withDestinationPath: target
                )
            }
            let walk = try FolderWalk(source)
            try FileManager.default.removeItem(atPath: source.appending("vanishing").string)
            let captured = Console.captured()
            let upload = FolderUpload(service: live.service, bucket: .default, prefix: "", options: .init())
            await #expect(throws: FailedTransfers(count: 4)) { try await upload.run(walk, on: captured.console) }
            #expect(captured.output == "stored 2 files (2 B), 1 left out, 4 failed\n")
            for name in ["loop", "nowhere", "unreadable", "vanishing"] {
                #expect(captured.diagnostics.contains("purser: \(source.appending(name))"), "\(name) is told")
            }
            #expect(captured.diagnostics.contains("up is left out: it leads back"))
            let page = try await live.service.list(FileQuery(bucket: .default), after: nil)
            #expect(page.files.map(\.key) == ["a", "b"])
        }
    }
}

/// Targets and readers that take no more.
@Suite("Targets that cannot be written", .timeLimit(.minutes(1)))
struct BadTargetTests {
    /// A server with one file of 8 MB under `k`.
    private func serve(_ body: (FilePath, ServerProgram) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try folder.appending("source").write(String(repeating: "01234567", count: 1_000_000))
            try await ServerProgram.serve(folder.appending("store"), in: folder) { server in
                let put = try await Program.run(["put", "source", "k", "--server", server.url], in: folder)
                #expect(put.status == 0, "\(put.diagnostics)")
                try await body(folder, server)
            }
        }
    }

    private func visible(_ folder: FilePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.string).filter { !$0.hasPrefix(".run-") }.sorted()
    }

    @Test func aLimitOfTheSizeOfFilesLeavesNothing() async throws {
        try await self.serve { folder, server in
            let get = try await Program.run(
                ["get", "k", "target", "--server", server.url],
                in: folder,
                shell: #"exec env --default-signal=XFSZ prlimit --fsize=100000 "$0" "$@""#
            )
            #expect(get.status == 1)
            #expect(
                get.diagnostics == "purser: target cannot be written: File too large; what came of it was removed\n"
            )
            #expect(try self.visible(folder) == ["source", "store"])
        }
    }

    @Test(.enabled("needs mounts of its own") { await Mounts.areAllowed })
    func aFullDiskLeavesNothing() async throws {
        try await self.serve { folder, server in
            let get = try await Program.run(
                ["get", "k", "disk/target", "--server", server.url],
                in: folder,
                shell:
                    #"mkdir disk && exec unshare --mount --map-root-user sh -c 'mount -t tmpfs -o size=1m none disk && "#
                    + #"{ "$0" "$@"; status=$?; ls disk; exit $status; }' "$0" "$@""#
            )
            #expect(get.status == 1)
            #expect(get.output == "", "nothing is on the disk")
            #expect(
                get.diagnostics.contains(
                    "disk/target cannot be written: No space left on device; what came of it was removed"
                )
            )
        }
    }

    @Test(.enabled("needs mounts of its own") { await Mounts.areAllowed })
    func aReadOnlyDiskIsSaidToBe() async throws {
        try await self.serve { folder, server in
            let script =
                #"mkdir disk && exec unshare --mount --map-root-user sh -c 'mount -t tmpfs -o ro none disk && "#
                + #"exec "$0" "$@"' "$0" "$@""#
            let get = try await Program.run(
                ["get", "k", "disk/target", "--server", server.url],
                in: folder,
                shell: script
            )
            #expect(get.status == 1)
            #expect(get.diagnostics == "purser: disk/target cannot be written: Read-only file system\n")
        }
    }

    @Test func aFullDeviceIsSaidToBe() async throws {
        try await self.serve { folder, server in
            for target in ["/dev/full", "-"] {
                let get = try await Program.run(
                    ["get", "k", target, "--server", server.url],
                    in: folder,
                    shell: #"exec "$0" "$@" > /dev/full"#
                )
                #expect(get.status == 1)
                #expect(get.diagnostics == "purser: the output cannot be written: No space left on device\n")
            }
            let list = try await Program.run(
                ["ls", "--server", server.url],
                in: folder,
                shell: #"exec "$0" "$@" > /dev/full"#
            )
            #expect(list.status == 1)
            #expect(list.diagnostics == "purser: standard output cannot be written: No space left on device\n")
        }
    }

    @Test func aReaderThatLeavesIsNoReasonForWords() async throws {
        try await self.serve { folder, server in
            let get = try await Program.run(
                ["get", "k", "-", "--server", server.url],
                in: folder,
                shell: #"{ env --default-signal=PIPE "$0" "$@"; echo "status $?" >&2; } | head -c 3"#
            )
            #expect(get.output == "012")
            #expect(get.diagnostics == "status 1\n")
        }
    }

    @Test func aKeyThatIsTooLongForAFileFailsAlone() async throws {
        try await LiveService.run(.remote) { live in
            for key in ["p/" + String(repeating: "n", count: 256), "p/\(String(repeating: "d", count: 300))/x", "p/ok"]
            {
                try await live.manager.upload(to: "default", key: key, bytes: [1])
            }
            let (session, _) = try live.session()
            let target = live.folder.appending("target")
            let command = try GetCommand.parse(["-r", "p", target.string])
            await #expect(throws: FailedTransfers(count: 2)) { try await command.run(in: session) }
            #expect(try target.names() == ["ok"])
        }
    }
}

/// Whether a process may have mounts of its own here.
private enum Mounts {
    static var areAllowed: Bool {
        get async {
            let outcome = try? await withTemporaryFolder { folder in
                try await Program.run(
                    [],
                    in: folder,
                    shell: "mkdir d && exec unshare --mount --map-root-user mount -t tmpfs none d"
                )
            }
            return outcome?.status == 0
        }
    }
}
