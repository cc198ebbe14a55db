import Foundation
import Logging
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserProcessing

/// The pipelines of `config/pipelines`, with the programs of the system.
///
/// One after the other: each takes a core, and the steps have their real limits of time.
@Suite(.serialized)
struct ShippedPipelineTests {
    @Test func allAreWell() {
        let library = ShippedPipelines.library()
        #expect(library.problems.isEmpty, "\(library.problems)")
        #expect(library.pipelines.map(\.name) == ["document", "image", "text"])
        #expect(library.pipelines.allSatisfy { $0.memoryLimit <= 160_000_000 && $0.memory <= 120_000_000 })
    }

    @Test func aPhotographGetsMetadataAndThumbnails() async throws {
        try await withStepBench { bench in
            let path = try await bench.image("photo.jpg", width: 1_600, height: 1_200)
            let outcome = try await bench.run("image", on: path, as: "image/jpeg")
            #expect(outcome.state == .succeeded, "\(String(describing: outcome.error))")
            #expect(outcome.outputs.map(\.name) == ["metadata.json", "thumbnail-1024.jpg", "thumbnail-256.jpg"])
            #expect(try await bench.field("width", of: try outcome.file(1)) == "1024")
            #expect(try await bench.field("width", of: try outcome.file(2)) == "256")
            #expect(outcome.steps.map(\.name) == ["validating", "metadata", "working", "small"])
            #expect(outcome.steps.allSatisfy { $0.fallback == nil })
            let json = try outcome.text(0)
            #expect(json.contains(#""width":1600"#))
        }
    }

    @Test func whatLibvipsCannotReadFallsBackAndTheReportSaysSo() async throws {
        try await withStepBench { bench in
            let path = bench.folder.appending("in.bmp").string
            let outcome = try await runTool("convert", ["-size", "600x400", "xc:red", "bmp3:\(path)"])
            try #require(outcome.status == 0, "\(outcome.output)")
            let ended = try await bench.run("image", on: path, as: "image/bmp")
            #expect(ended.state == .succeeded, "\(String(describing: ended.error))")
            #expect(ended.outputs.map(\.name) == ["metadata.json", "thumbnail-1024.jpg", "thumbnail-256.jpg"])
            let working = try #require(ended.steps.first { $0.name == "working" })
            #expect(working.fallback?.contains("working_imagemagick") == true)
            #expect(working.error?.code == "unsupported_image")
            // What ImageMagick made, libvips reads again.
            #expect(ended.steps.first { $0.name == "small" }?.fallback == nil)
        }
    }

    @Test func aPDFWithTextBecomesADocument() async throws {
        try await withStepBench { bench in
            let path = try bench.content(PDFSample.text([["Hello from Purser"], ["Page two"]], title: "A Title"))
            let outcome = try await bench.run("document", on: path, as: "application/pdf")
            #expect(outcome.state == .succeeded, "\(String(describing: outcome.error))")
            #expect(outcome.outputs.map(\.name) == ["document.json", "document.txt"])
            let names = outcome.steps.map(\.name)
            #expect(
                names == [
                    "validating", "pdf_processing", "ocr_processing", "layout_analysis", "data_normalization",
                    "schema_validation",
                ]
            )
            #expect(outcome.steps.allSatisfy { $0.fallback == nil && $0.state == .succeeded })
            let json = try outcome.text(0)
            #expect(json.contains("Hello from Purser") && json.contains("A Title"))
        }
    }

    @Test func aScanIsReadAndTheReportSaysSo() async throws {
        try await withStepBench { bench in
            let printed = try bench.content(PDFSample.text([["INVOICE NUMBER 4711"]]), name: "printed.pdf")
            let scan = bench.folder.appending("scan").string
            let drawn = try await runTool("pdftoppm", ["-r", "200", "-singlefile", "-jpeg", printed, scan])
            try #require(drawn.status == 0, "\(drawn.output)")
            let jpeg = try [UInt8](Data(contentsOf: URL(filePath: scan + ".jpg")))
            let path = try bench.content(PDFSample.scan(jpeg, width: 1_700, height: 2_200))
            let outcome = try await bench.run("document", on: path, as: nil)
            #expect(outcome.state == .succeeded, "\(String(describing: outcome.error))")
            let text = try outcome.text(1)
            #expect(text.contains("INVOICE NUMBER 4711"), "\(text)")
            let read = outcome.steps.first { $0.name == "ocr_processing" }
            #expect(read?.fallback == "page 1 without text was read from its image")
            #expect((read?.peakMemory ?? 0) < 160_000_000 && (read?.cpuTime ?? .zero) > .zero)
        }
    }

    @Test func aMissingProgramIsNamedWithItsPackage() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let toolbox = Toolbox(path: ["/nowhere"], logger: logger)
        let packages = try ["document", "image", "text"].map { name in
            Set(toolbox.missing(of: try #require(ShippedPipelines.library()[name]).tools).compactMap(\.package))
        }
        #expect(packages[0] == ["file", "poppler-utils", "tesseract-ocr"])
        #expect(packages[1] == ["file", "libvips-tools", "imagemagick"])
        #expect(packages[2] == ["file", "libc-bin"])
    }

    @Test func aTextIsKeptAsUTF8() async throws {
        try await withStepBench { bench in
            let path = try bench.content([0xFC, 0x62, 0x65, 0x72, 0x0A])
            let outcome = try await bench.run("text", on: path, as: "text/plain")
            #expect(outcome.state == .succeeded, "\(String(describing: outcome.error))")
            #expect(try outcome.text(0) == "über\n")
        }
    }

    @Test func badFilesEndWithTheirReasonAndWithoutOutputs() async throws {
        try await withStepBench { bench in
            let huge = try await bench.hugePNG(width: 30_000, height: 30_000)
            let whole = try await bench.image("whole.jpg", width: 900, height: 600)
            let photo = try Data(contentsOf: URL(filePath: whole))
            let cases: [(String, String, String, String)] = [
                ("image", huge, "image/png", "too_many_pixels"),
                ("image", try bench.content(photo.prefix(photo.count / 2), name: "cut"), "image/jpeg", "damaged_image"),
                ("image", try bench.content([], name: "empty"), "image/jpeg", "empty_file"),
                ("image", try bench.content("<html></html>".utf8, name: "html"), "image/jpeg", "mislabelled"),
                (
                    "document", try bench.content(PDFSample.encrypted(), name: "locked"), "application/pdf",
                    "encrypted_document"
                ),
                ("document", try bench.content("%PDF-1.4".utf8, name: "stub"), "application/pdf", "damaged_document"),
                (
                    "document", try bench.content(PDFSample.blank(pages: 100_000, isShared: false), name: "long"),
                    "application/pdf", "too_many_pages"
                ),
                ("text", try bench.content([0, 1, 2, 255, 0], name: "binary"), "text/plain", "not_text"),
            ]
            for (pipeline, path, type, code) in cases {
                let outcome = try await bench.run(pipeline, on: path, as: type)
                #expect(outcome.state == .failed && outcome.outputs.isEmpty)
                #expect(outcome.error?.code == code, "\(code): \(String(describing: outcome.error))")
                #expect(outcome.error?.message.contains(bench.folder.string) == false)
            }
        }
    }
}
