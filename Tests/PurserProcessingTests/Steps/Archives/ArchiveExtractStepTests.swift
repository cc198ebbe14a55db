import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

/// One after the other: programs have their real limits of time.
@Suite(.serialized)
struct ArchiveExtractStepTests {
    private static let plain = """
        def tar(mode):
            with tarfile.open(path, mode) as file:
                for name in ("a.txt", "dir/b c.txt", "-rf", "naïve.txt"):
                    info = tarfile.TarInfo(name)
                    data = ("content of " + name).encode()
                    info.size = len(data)
                    file.addfile(info, io.BytesIO(data))
        def zip():
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
                for name in ("a.txt", "dir/b c.txt", "-rf", "naïve.txt"):
                    file.writestr(name, "content of " + name)

        """

    @Test(arguments: ["zip()", "tar('w')", "tar('w:gz')", "tar('w:bz2')", "tar('w:xz')"])
    func filesComeOutUnderPlainNames(_ call: String) async throws {
        try await withStepBench { bench in
            let path = try await bench.archive(Self.plain + call)
            let output = try await bench.run(.archiveExtract, on: path)
            #expect(
                Set(output.files.map(\.name)) == [
                    "index.json", "files/a.txt", "files/dir/b_c.txt", "files/rf", "files/na_ve.txt",
                ]
            )
            #expect(try output.text("files/dir/b_c.txt") == "content of dir/b c.txt")
            #expect(try output.text("files/rf") == "content of -rf")
            let index = try output.text("index.json")
            #expect(index.contains(#"{"file":"files/na_ve.txt","name":"naïve.txt","size":21}"#), "\(index)")
            #expect(output.values["entries"] == 4)
        }
    }

    @Test(arguments: [
        ("link", "info.type = tarfile.SYMTYPE; info.linkname = '/etc/passwd'"),
        ("hard link", "info.type = tarfile.LNKTYPE; info.linkname = 'other'"), ("pipe", "info.type = tarfile.FIFOTYPE"),
        ("device", "info.type = tarfile.CHRTYPE"), ("outside", "info.name = '../../x'"),
        ("absolute", "info.name = '/x'"),
        ("inner", "info.name = 'a/../../x'"), ("deep", "info.name = 'a/' * 200 + 'x'"),
    ])
    func whatCouldLeaveTheFolderIsRefused(_ what: String, _ change: String) async throws {
        try await withStepBench { bench in
            let path = try await bench.archive(
                """
                with tarfile.open(path, "w") as file:
                    info = tarfile.TarInfo("x")
                    \(change)
                    file.addfile(info)
                """
            )
            let failure = try await bench.refusal(.archiveExtract, on: path)
            #expect(failure?.code == "unsafe_archive", "\(what): \(failure?.message ?? "no failure")")
            #expect(failure?.severity == .critical)
        }
    }

    @Test func aZipThatLeadsOutsideIsRefused() async throws {
        try await withStepBench { bench in
            let path = try await bench.archive(
                "with zipfile.ZipFile(path, 'w') as file: file.writestr('../../evil', 'x')"
            )
            #expect(try await bench.refusal(.archiveExtract, on: path)?.code == "unsafe_archive")
            let outside = bench.folder.removingLastComponent().appending("evil").string
            #expect(!FileManager.default.fileExists(atPath: outside))
        }
    }

    @Test func archivesInArchivesAreOpenedAsDeepAsIsAsked() async throws {
        try await withStepBench { bench in
            let path = try await bench.archive(
                """
                data = b"the innermost words"
                name = "words.txt"
                for number in range(4):
                    file = io.BytesIO()
                    with zipfile.ZipFile(file, "w") as archive: archive.writestr(name, data)
                    data, name = file.getvalue(), "inner%d.zip" % number
                open(path, "wb").write(data)
                """
            )
            let shallow = try await bench.run(.archiveExtract, on: path)
            #expect(shallow.files.map(\.name) == ["index.json", "files/inner2.zip"])
            let deep = try await bench.run(.archiveExtract, ["max_depth": 4], on: path)
            #expect(deep.files.count == 2)
            #expect(try deep.text(deep.files[1].name) == "the innermost words")
            let index = try deep.text("index.json")
            #expect(index.contains("inner2.zip!/inner1.zip!/inner0.zip!/words.txt"))
            let few = try await bench.refusal(.archiveExtract, ["max_depth": 4, "max_entries": 3], on: path)
            #expect(few?.code == "archive_too_large")
        }
    }

    @Test(arguments: [
        ("unsupported_archive", "open(path, 'w').write('#mtree\\n./x type=file contents=/etc/hostname\\n')"),
        (
            "unsupported_archive",
            "import gzip; gzip.open(path, 'w').write(b'#mtree\\n./x type=file contents=/etc/hostname\\n')"
        ),
        ("unsupported_archive", "open(path, 'w').write('no archive')"),
        ("damaged_archive", "open(path, 'wb').write(b'PK\\3\\4' + b'x' * 200)"),
        (
            "damaged_archive",
            Self.plain + "tar('w:gz'); data = open(path, 'rb').read(); open(path, 'wb').write(data[:120])"
        ),
        ("damaged_archive", Self.plain + "zip(); data = open(path, 'rb').read(); open(path, 'wb').write(data[:200])"),
        (
            "archive_too_large",
            "with zipfile.ZipFile(path, 'w') as f:\n  for n in range(1001): f.writestr(str(n), '')"
        ),
        (
            "archive_too_large",
            "with zipfile.ZipFile(path, 'w') as f:\n  for n in range(60000): f.writestr('x' * 200 + str(n), '')"
        ),
    ])
    func badArchivesAreRefused(_ code: String, _ script: String) async throws {
        try await withStepBench { bench in
            let path = try await bench.archive(script)
            let failure = try await bench.refusal(.archiveExtract, on: path)
            #expect(failure?.code == code, "\(failure?.message ?? "no failure")")
        }
    }

    @Test func aLockedArchiveAsksNobodyForItsPassword() async throws {
        try await withStepBench { bench in
            // bsdtar can pack what it must not unpack.
            let path = bench.folder.appending("archive").string
            let content = try bench.content("secret".utf8)
            let arguments = ["-cf", path, "--format", "zip", "--options", "zip:encryption=traditional"]
            let packed = try await runTool(
                "bsdtar",
                arguments + ["--passphrase", "x", "-C", bench.folder.string, "content"]
            )
            try #require(packed.status == 0, "\(packed.output)")
            try FileManager.default.removeItem(atPath: content)
            #expect(try await bench.refusal(.archiveExtract, on: path)?.code == "encrypted_archive")
        }
    }

    @Test func namesThatAreNotUTF8AndNamesThatCollideComeOut() async throws {
        try await withStepBench { bench in
            let path = try await bench.archive(
                """
                with tarfile.open(path, "w", encoding="latin-1", format=tarfile.GNU_FORMAT) as file:
                    for name in ("a b.txt", "a_b.txt", "A_B.txt", "\\xff.txt"):
                        info = tarfile.TarInfo(name)
                        info.size = 1
                        file.addfile(info, io.BytesIO(b"x"))
                """
            )
            let output = try await bench.run(.archiveExtract, on: path)
            #expect(Set(output.files.map { $0.name.lowercased() }).count == 5)
            #expect(output.values["entries"] == 4)
        }
    }
}
