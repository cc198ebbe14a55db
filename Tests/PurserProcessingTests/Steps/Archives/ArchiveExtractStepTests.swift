import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

struct ArchiveExtractStepTests {
    /// Makes an archive by a script in which `path` is where it goes.
    private func archive(_ bench: StepBench, _ script: String) async throws -> String {
        try await bench.python("import io, os, sys, tarfile, zipfile\npath = sys.argv[1] + '/archive'\n" + script)
        return bench.folder.appending("archive").string
    }

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
            let path = try await self.archive(bench, Self.plain + call)
            let output = try await bench.run(.archiveExtract, on: path)
            #expect(
                Set(output.files.map(\.name)) == ["index.json", "files/a.txt", "files/dir/b_c.txt", "files/rf", "files/na_ve.txt"]
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
        ("device", "info.type = tarfile.CHRTYPE"), ("outside", "info.name = '../../x'"), ("absolute", "info.name = '/x'"),
        ("inner", "info.name = 'a/../../x'"), ("deep", "info.name = 'a/' * 200 + 'x'"),
    ])
    func whatCouldLeaveTheFolderIsRefused(_ what: String, _ change: String) async throws {
        try await withStepBench { bench in
            let path = try await self.archive(
                bench,
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
            let path = try await self.archive(
                bench, "with zipfile.ZipFile(path, 'w') as file: file.writestr('../../evil', 'x')"
            )
            #expect(try await bench.refusal(.archiveExtract, on: path)?.code == "unsafe_archive")
            let outside = bench.folder.removingLastComponent().appending("evil").string
            #expect(!FileManager.default.fileExists(atPath: outside))
        }
    }

    @Test func aBombIsRefusedBeforeItGoesOff() async throws {
        try await withStepBench { bench in
            let path = try await self.archive(
                bench,
                """
                with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
                    for number in range(4):
                        with file.open(str(number), "w") as entry:
                            for _ in range(16): entry.write(b"\\0" * (1 << 20))
                """
            )
            let before = bench.bytes
            #expect(try await bench.refusal(.archiveExtract, on: path)?.code == "archive_bomb")
            let small: [String: StepValue] = ["max_total": 10_000_000, "max_ratio": 100_000]
            #expect(try await bench.refusal(.archiveExtract, small, on: path)?.code == "archive_too_large")
            #expect(bench.bytes == before)
        }
    }

    /// Writes a zip by hand: `head(data, body, name)` is what local and central headers share.
    private static let zip = """
        import struct, zlib
        def head(method, data, body, name):
            return struct.pack("<HHHHHIIIHH", 20, 0, method, 0, 0x21, zlib.crc32(data), len(body), len(data), len(name), 0)
        def local(method, data, body, name):
            return b"PK\\3\\4" + head(method, data, body, name) + name
        def central(method, data, body, name, place):
            rest = struct.pack("<HHHII", 0, 0, 0, 0, place)
            return b"PK\\1\\2" + struct.pack("<H", 20) + head(method, data, body, name) + rest + name
        def write(content, entries):
            directory = b"".join(entries)
            end = struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(content), 0)
            open(path, "wb").write(content + directory + b"PK\\5\\6" + end)

        """

    @Test func entriesAtTheSamePlaceAreRefused() async throws {
        try await withStepBench { bench in
            let path = try await self.archive(
                bench,
                Self.zip + """
                    data = b"words" * 100
                    names = [b"%04d" % number for number in range(500)]
                    write(local(0, data, data, names[0]) + data, [central(0, data, data, name, 0) for name in names])
                    """
            )
            let failure = try await bench.refusal(.archiveExtract, on: path)
            #expect(failure?.code == "unsafe_archive")
            #expect(failure?.message.contains("500 entries lie in 1 places") == true, "\(failure?.message ?? "")")
        }
    }

    @Test func entriesThatLieWithinOthersCountEachTime() async throws {
        try await withStepBench { bench in
            // Each entry's content is all that follows, the other entries included: 400 MiB from one.
            let path = try await self.archive(
                bench,
                Self.zip + """
                    content, bodies = os.urandom(1 << 20), []
                    for number in reversed(range(400)):
                        name = b"%04d" % number
                        bodies.append((name, content))
                        content = local(0, content, content, name) + content
                    write(content, [central(0, body, body, name, len(content) - len(body) - 34) for name, body in bodies])
                    """
            )
            let before = bench.bytes
            #expect(try await bench.refusal(.archiveExtract, on: path)?.code == "archive_bomb")
            let total: [String: StepValue] = ["max_total": 100_000_000, "max_ratio": 100_000]
            #expect(try await bench.refusal(.archiveExtract, total, on: path)?.code == "archive_too_large")
            #expect(bench.bytes == before)
        }
    }

    @Test func aSizeThatIsALieWritesNoMoreThanItSays() async throws {
        try await withStepBench { bench in
            let path = try await self.archive(
                bench,
                """
                with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file: file.writestr("a", b"\\0" * (32 << 20))
                data = open(path, "rb").read()
                open(path, "wb").write(data.replace((32 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
                """
            )
            let before = bench.bytes
            #expect(try await bench.refusal(.archiveExtract, on: path)?.code == "damaged_archive")
            #expect(bench.bytes < before + (1 << 20))
        }
    }

    @Test func archivesInArchivesAreOpenedAsDeepAsIsAsked() async throws {
        try await withStepBench { bench in
            let path = try await self.archive(
                bench,
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
        ("damaged_archive", Self.plain + "tar('w:gz'); data = open(path, 'rb').read(); open(path, 'wb').write(data[:120])"),
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
            let path = try await self.archive(bench, script)
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
            let packed = try await runTool("bsdtar", arguments + ["--passphrase", "x", "-C", bench.folder.string, "content"])
            try #require(packed.status == 0, "\(packed.output)")
            try FileManager.default.removeItem(atPath: content)
            #expect(try await bench.refusal(.archiveExtract, on: path)?.code == "encrypted_archive")
        }
    }

    @Test func namesThatAreNotUTF8AndNamesThatCollideComeOut() async throws {
        try await withStepBench { bench in
            let path = try await self.archive(
                bench,
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
