import Foundation
import PurserTestSupport
import SystemPackage
import Testing

/// Images that tests make with the programs of the system.
extension StepBench {
    /// A picture with some detail.
    func image(_ name: String, width: Int, height: Int, options: String = "") async throws -> String {
        let path = self.folder.appending(name).string
        let outcome = try await runTool("vips", ["gaussnoise", path + options, "\(width)", "\(height)", "--mean", "128"])
        try #require(outcome.status == 0, "\(outcome.output)")
        return path
    }

    /// What `vipsheader` says of a field.
    func field(_ field: String, of path: String) async throws -> String {
        let outcome = try await runTool("vipsheader", ["-f", field, path])
        try #require(outcome.status == 0, "\(outcome.output)")
        return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The head of a PNG of so many pixels, which ends where they would begin.
    func hugePNG(width: UInt32, height: UInt32) async throws -> String {
        try await self.python(
            """
            import struct, sys, zlib
            def chunk(kind, data):
                return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            head = struct.pack(">IIBBBBB", \(width), \(height), 8, 2, 0, 0, 0)
            row = b"\\0" * (\(width) * 3 + 1)
            press = zlib.compressobj(9)
            data = b"".join(press.compress(row) for _ in range(64)) + press.flush()
            with open(sys.argv[1] + "/huge.png", "wb") as file:
                file.write(b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
            """
        )
        return self.folder.appending("huge.png").string
    }
}
