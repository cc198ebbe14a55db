import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

struct DocumentStepTests {
    /// All steps of a document, one after the other, as the pipeline has them.
    private func read(_ path: String, _ bench: StepBench) async throws -> [String: StepOutput] {
        var made: [String: StepOutput] = [:]
        made["text"] = try await bench.run(.pdfText, on: path)
        made["ocr"] = try await bench.run(.ocr, ["from": "text"], on: path, earlier: made)
        made["layout"] = try await bench.run(.layout, ["from": "ocr"], on: path, earlier: made)
        made["normalize"] = try await bench.run(.normalize, ["from": "layout"], on: path, earlier: made)
        made["schema"] = try await bench.run(.schema, ["from": "normalize/document.json"], on: path, earlier: made)
        return made
    }

    private func pages(_ output: StepOutput?) throws -> [[String: Any]] {
        let text = try #require(try output?.text("document.json"))
        let document = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        return try #require(document["pages"] as? [[String: Any]])
    }

    @Test func textOfAPDFIsKeptWithWhereItStands() async throws {
        try await withStepBench { bench in
            let bytes = PDFSample.text([["Hello from Purser", "Second line", "", "", "Another block"], ["Page two"]])
            let made = try await self.read(try bench.content(bytes), bench)
            let pages = try self.pages(made["normalize"])
            #expect(pages.map { $0["number"] as? Int } == [1, 2])
            #expect(pages.allSatisfy { $0["source"] as? String == "text" && $0["width"] as? Double == 612 })
            let blocks = try #require(pages[0]["blocks"] as? [[String: Any]])
            #expect(blocks.map { $0["text"] as? String } == ["Hello from Purser\nSecond line", "Another block"])
            let box = try #require(blocks[0]["box"] as? [String: Double])
            // 72 points from the left, and the first line's foot 72 points from the top.
            #expect(abs((box["x"] ?? 0) - 72) < 1 && abs((box["y"] ?? 0) - 62) < 3)
            #expect(blocks[0]["confidence"] as? Double == 1)
            #expect(made["ocr"]?.fallback == nil)
            let text = try #require(made["normalize"]).text("document.txt")
            #expect(text == "Hello from Purser\nSecond line\n\nAnother block\n\n\u{C}Page two\n\n")
            #expect(made["schema"]?.values["valid"] == .bool(true))
        }
    }

    @Test func aScannedPageIsReadFromItsImage() async throws {
        try await withStepBench { bench in
            let words = ["INVOICE NUMBER 4711", "Total amount 1250 dollars", "Thank you for your order"]
            let printed = try bench.content(PDFSample.text([words]), name: "printed.pdf")
            let scan = bench.folder.appending("scan").string
            let drawn = try await runTool(
                "pdftoppm", ["-r", "200", "-singlefile", "-jpeg", printed, scan]
            )
            try #require(drawn.status == 0)
            let jpeg = try [UInt8](Data(contentsOf: URL(filePath: scan + ".jpg")))
            let path = try bench.content(PDFSample.scan(jpeg, width: 1_700, height: 2_200))
            let made = try await self.read(path, bench)
            let page = try #require(try self.pages(made["normalize"]).first)
            #expect(page["source"] as? String == "ocr")
            #expect((page["confidence"] as? Double ?? 0) > 0.7)
            let text = try #require(made["normalize"]).text("document.txt")
            for word in words { #expect(text.contains(word), "\(text)") }
            #expect(made["ocr"]?.fallback == "page 1 without text was read from its image")
            let blocks = try #require(page["blocks"] as? [[String: Any]])
            let box = try #require(blocks.first?["box"] as? [String: Double])
            #expect(abs((box["x"] ?? 0) - 72) < 8 && abs((box["y"] ?? 0) - 65) < 12, "\(box)")
            #expect(made["normalize"]?.values["ocr_pages"] == .integer(1))
        }
    }

    @Test func aTurnedPageHasItsWordsOnIt() async throws {
        try await withStepBench { bench in
            let made = try await self.read(try bench.content(PDFSample.text([["Turned"]], rotation: 90)), bench)
            let page = try #require(try self.pages(made["normalize"]).first)
            let size = (page["width"] as? Double ?? 0, page["height"] as? Double ?? 0)
            #expect(size == (792, 612))
            let blocks = try #require(page["blocks"] as? [[String: Any]])
            let box = try #require(blocks.first?["box"] as? [String: Double])
            #expect((box["width"] ?? 0) > 0 && (box["height"] ?? 0) > 0)
            #expect((box["x"] ?? 0) + (box["width"] ?? 0) <= size.0 && (box["y"] ?? 0) + (box["height"] ?? 0) <= size.1)
        }
    }

    @Test func metadataOfTheDocumentStandsInIt() async throws {
        try await withStepBench { bench in
            let made = try await self.read(try bench.content(PDFSample.text([["x"]], title: "A Title")), bench)
            #expect(made["text"]?.values["title"] == .string("A Title"))
            let text = try #require(made["normalize"]).text("document.json")
            #expect(text.contains(#""title":"A Title""#))
        }
    }

    @Test func aBlankPageHasNoBlocksAndIsNoFault() async throws {
        try await withStepBench { bench in
            let made = try await self.read(try bench.content(PDFSample.text([[], ["words"]])), bench)
            let pages = try self.pages(made["normalize"])
            #expect((pages[0]["blocks"] as? [Any])?.isEmpty == true)
            #expect(pages[0]["confidence"] is NSNull)
            #expect(pages[1]["source"] as? String == "text")
        }
    }

    @Test(arguments: [
        ("encrypted_document", PDFSample.encrypted()), ("damaged_document", Array("%PDF-1.4 nothing".utf8)),
        ("damaged_document", Array(PDFSample.text([["x"]]).prefix(300))),
        ("too_many_pages", PDFSample.blank(pages: 2_100, isShared: false)),
        ("damaged_document", PDFSample.blank(pages: 100_000, isShared: true)),
    ])
    func badDocumentsAreRefused(_ code: String, _ bytes: [UInt8]) async throws {
        try await withStepBench { bench in
            let path = try bench.content(bytes)
            #expect(try await bench.refusal(.pdfText, on: path)?.code == code)
            let types: StepValue = .list([.string("application/pdf")])
            #expect(try await bench.refusal(.validate, ["types": types, "max_pages": .integer(2_000)], on: path)?.code == code)
        }
    }

    @Test func aLanguageThatIsNotThereIsNamedWithItsPackage() async throws {
        try await withStepBench { bench in
            let path = try bench.content(PDFSample.text([[]]))
            let text = try await bench.run(.pdfText, on: path)
            let failure = try await bench.refusal(
                .ocr, ["from": "text"], on: path, earlier: ["text": text], parameters: ["language": "xyz"]
            )
            #expect(failure?.code == "language_missing")
            #expect(failure?.message.contains("tesseract-ocr-xyz") == true)
            let escape = try await bench.refusal(
                .ocr, ["from": "text"], on: path, earlier: ["text": text], parameters: ["language": "../../etc/passwd"]
            )
            #expect(escape?.code == "invalid_parameter")
        }
    }

    @Test func tooManyPagesWithoutTextAreRefusedBeforeAnyIsRead() async throws {
        try await withStepBench { bench in
            let path = try bench.content(PDFSample.text([[], [], []]))
            let text = try await bench.run(.pdfText, on: path)
            let failure = try await bench.refusal(
                .ocr, ["from": "text", "max_pages": 2], on: path, earlier: ["text": text]
            )
            #expect(failure?.code == "too_many_pages")
        }
    }

    @Test func pagesAreKeptAsImages() async throws {
        try await withStepBench { bench in
            let path = try bench.content(PDFSample.text([["one"], ["two"]]))
            let output = try await bench.run(.pdfPages, ["resolution": 72], on: path)
            #expect(output.files.map(\.name) == ["pages/page-1.jpg", "pages/page-2.jpg"])
            #expect(try await bench.field("width", of: output.files[0].path) == "612")
        }
    }
}
