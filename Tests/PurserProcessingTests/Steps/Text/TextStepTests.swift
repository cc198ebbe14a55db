import Foundation
import PurserProcessing
import Testing

@testable import struct PurserProcessing.UTF8Scan

struct TextStepTests {
    private static let words = "Grüße, Welt\n☃ zwei\n"
    private static let encoded: [(String, [UInt8])] = [
        ("utf-8", Array(words.utf8)),
        ("utf-8", [0xEF, 0xBB, 0xBF] + words.utf8),
        ("utf-16le", [0xFF, 0xFE] + words.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
        ("utf-16be", [0xFE, 0xFF] + words.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }),
    ]

    @Test(arguments: Self.encoded)
    func textIsKeptAsUTF8(_ encoding: String, _ bytes: [UInt8]) async throws {
        try await withStepBench { bench in
            let output = try await bench.run(.text, on: try bench.content(bytes))
            #expect(try output.text("text.txt") == Self.words)
            #expect(output.values == ["encoding": .string(encoding), "lines": 2, "words": 4, "characters": 19])
        }
    }

    @Test func oneByteEncodingsAreFoundOut() async throws {
        try await withStepBench { bench in
            let latin: [UInt8] = Array("Gr".utf8) + [0xFC, 0xDF] + Array("e\n".utf8)
            let output = try await bench.run(.text, on: try bench.content(latin))
            #expect(try output.text("text.txt") == "Grüße\n")
            #expect(output.values["encoding"] == "iso-8859-1")
            // The curly quotes of Windows have no place in ISO 8859-1.
            let windows: [UInt8] = [0x93] + Array("quoted".utf8) + [0x94, 0x0A]
            let quoted = try await bench.run(.text, on: try bench.content(windows, name: "windows"))
            #expect(try quoted.text("text.txt") == "“quoted”\n")
        }
    }

    @Test(arguments: [
        [0, 1, 2, 3, 255, 0, 7] as [UInt8], [0x89, 0x50, 0x4E, 0x47, 13, 10, 26, 10, 0, 0, 0, 13],
    ])
    func whatIsNoTextIsRefused(_ bytes: [UInt8]) async throws {
        try await withStepBench { bench in
            let failure = try await bench.refusal(.text, on: try bench.content(bytes))
            #expect(failure?.code == "not_text")
        }
    }

    @Test func aTextLargerThanItTakesIsRefused() async throws {
        try await withStepBench { bench in
            let path = try bench.content("more than four".utf8)
            #expect(try await bench.refusal(.text, ["max_size": 4], on: path)?.code == "too_large")
        }
    }

    @Test func aResultLargerThanAStepMayWriteIsRefused() async throws {
        try await withStepBench { bench in
            let path = try bench.content(Array(repeating: UInt8(ascii: "a"), count: 100_000))
            let limits = StepLimits(fileSize: 10_000)
            #expect(try await bench.refusal(.text, on: path, limits: limits)?.code == "output_too_large")
        }
    }

    @Test(arguments: 1...9)
    func wordsAndLinesAreCountedHoweverTheBytesArrive(_ size: Int) {
        let text = "\u{FEFF}one  two\u{3000}drei\r\nvierß \u{1F600}x\n\nlast"
        var scan = UTF8Scan()
        let bytes = Array(text.utf8)
        for begin in stride(from: 0, to: bytes.count, by: size) {
            bytes[begin..<min(begin + size, bytes.count)].withUnsafeBytes { scan.take($0) }
        }
        scan.finish()
        #expect(scan.isValid)
        #expect((scan.lines, scan.words) == (4, 6))
        #expect(scan.characters == Int64(text.unicodeScalars.count) - 1)
    }

    @Test(arguments: [[0xC3], [0xFF], [0x61, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0]] as [[UInt8]])
    func whatIsNotUTF8IsSeen(_ bytes: [UInt8]) {
        var scan = UTF8Scan()
        bytes.withUnsafeBytes { scan.take($0) }
        scan.finish()
        #expect(!scan.isValid)
    }
}
