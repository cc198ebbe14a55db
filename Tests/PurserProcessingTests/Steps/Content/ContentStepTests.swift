import Foundation
import PurserProcessing
import PurserTestSupport
import Testing

@testable import enum PurserProcessing.OutputName
@testable import struct PurserProcessing.ToolMessage

struct ContentStepTests {
    @Test func digestsAreThoseOfOthers() async throws {
        try await withStepBench { bench in
            let path = try bench.content(Array(repeating: UInt8(7), count: 600_000))
            let names = ["md5", "sha1", "sha256", "sha384", "sha512"]
            let output = try await bench.run(.hash, ["digests": .list(names.map(StepValue.string))], on: path)
            for name in names {
                let outcome = try await runTool("\(name)sum", [path])
                #expect(output.values[name]?.text == outcome.output.split(separator: " ").first.map(String.init))
            }
        }
    }

    @Test(arguments: [("zstd", "content.zst", "zstd"), ("gzip", "content.gz", "gzip")])
    func aCompressedCopyHoldsTheSame(_ format: String, _ name: String, _ program: String) async throws {
        try await withStepBench { bench in
            let path = try bench.content(String(repeating: "the same words ", count: 10_000).utf8)
            let output = try await bench.run(.compress, ["format": .string(format)], on: path)
            #expect(output.files.map(\.name) == [name])
            let unpacked = try await runTool("sh", ["-c", #"\#(program) -dc < "$1" | cmp - "$2""#, "sh", output.files[0].path, path])
            #expect(unpacked.status == 0, "\(unpacked.output)")
            #expect(output.values["size_before"] == 150_000)
            let after = try #require(output.values["size_after"]?.wholeNumber)
            #expect(after < 5_000)
        }
    }

    @Test(arguments: [
        ("a.txt", "a.txt"), ("dir/sub/a b.txt", "dir/sub/a_b.txt"), ("a/b/c/d/e.txt", "a/b/c/d_e.txt"), ("../../x", "x"),
        ("-rf", "rf"), ("...", "file"), ("", "file"), ("☃", "file"), ("ü/ö.txt", "txt"), ("a//b", "a/b"), (".hidden", "hidden"),
    ])
    func namesFromOutsideBecomePlain(_ name: String, _ plain: String) {
        #expect(OutputName.path(name, fallback: "file") == plain)
        #expect(StepFile(name: OutputName.path(name, fallback: "file"), path: "", contentType: "").hasProperName)
    }

    @Test func longNamesKeepTheirEnd() {
        let name = OutputName.path(String(repeating: "x", count: 5_000) + ".txt", fallback: "file")
        #expect(name.utf8.count == 100 && name.hasSuffix(".txt"))
    }

    @Test func messagesShowWhatIsSaidOfTheFile() {
        let text = "\n(vips:12): VIPS-WARNING **: 19:37:59.062: bad \u{1B}[31mfile\nbad [31mfile\nend `/x' @ error/a.c/1\nmore\n"
        let message = ToolMessage(text)
        #expect(message.summary == "bad [31mfile; end")
        #expect(message.mentions("more") && !message.mentions("vips"))
    }
}
