import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

@testable import struct PurserProcessing.ImageHeader

struct MetadataStepTests {
    @Test func pixelsAndEXIFOfAnImageAreTold() async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.jpg", width: 64, height: 48)
            let output = try await bench.run(.metadata, ["of": "image", "file": "metadata.json"], on: path)
            #expect(output.values["content_type"] == "image/jpeg")
            #expect(output.values["width"] == 64 && output.values["height"] == 48)
            guard case .object(let exif) = output.values["exif"] else {
                Issue.record("no EXIF")
                return
            }
            #expect(exif["ResolutionUnit"] == "Inch")
            let json = try output.text("metadata.json")
            #expect(try JSONDecoder().decode(StepValue.self, from: Data(json.utf8)) == .object(output.values))
        }
    }

    @Test func pagesAndTitleOfADocumentAreTold() async throws {
        try await withStepBench { bench in
            let path = try bench.content(PDFSample.text([["a"], ["b"]], title: "About a"))
            let output = try await bench.run(.metadata, ["of": "document"], on: path)
            #expect(output.values["pages"] == 2 && output.values["title"] == "About a")
            #expect(output.values["page_width"] == .number(612))
            #expect(output.values["created"]?.text?.hasPrefix("2026-01-02T03:04:05") == true)
            #expect(output.files.isEmpty)
        }
    }

    @Test func whatIsNeitherHasATypeAndASize() async throws {
        try await withStepBench { bench in
            let output = try await bench.run(.metadata, on: try bench.content("some words\n".utf8))
            #expect(output.values == ["content_type": "text/plain", "size": 11])
        }
    }

    @Test(arguments: [
        ("Canon (Canon, ASCII, 6 components, 6 bytes)", "Canon"),
        ("a (b) (a (b), ASCII, 6 components, 6 bytes)", "a (b)"),
        ("25400/1000 (25.400, Rational, 1 components, 8 bytes)", "25.400"),
        ("1 (Top-left, Short, 1 components, 2 bytes)", "Top-left"), ("nothing", nil), ("", nil),
        ("(, ASCII, 6 components, 6 bytes)", nil),
    ])
    func entriesOfEXIFAreTakenApart(_ line: String, _ text: String?) {
        #expect(ImageHeader.exifText(line) == text)
    }

    @Test func entriesOfEXIFAreBounded() {
        let long = String(repeating: "x", count: 500)
        let lines = (0..<500).map { "exif-ifd0-Tag\($0): \(long) (\(long), ASCII, 1 components, 1 bytes)" }
        let header = ImageHeader("head\nwidth: 4\nheight: 3\norientation: 6\n" + lines.joined(separator: "\n"))
        guard case .object(let exif) = header.values["exif"] else {
            Issue.record("no EXIF")
            return
        }
        #expect(exif.count == 64)
        #expect(exif.values.allSatisfy { ($0.text?.count ?? 0) <= 201 })
        // Turned by a quarter: what is shown is upright.
        #expect(header.values["width"] == 3 && header.values["height"] == 4)
    }
}
