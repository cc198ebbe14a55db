import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

/// Archives that hold more than they seem to.
struct ArchiveBombTests {
    @Test func aBombIsRefusedBeforeItGoesOff() async throws {
        try await withStepBench { bench in
            let path = try await bench.archive(
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
            let path = try await bench.archive(
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
            let path = try await bench.archive(
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
            let path = try await bench.archive(
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
}
