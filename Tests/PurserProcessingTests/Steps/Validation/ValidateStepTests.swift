import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

struct ValidateStepTests {
    private static let images: [String: StepValue] = ["types": ["image/*"]]
    private static let documents: [String: StepValue] = ["types": ["application/pdf"]]

    @Test func whatIsTakenIsTold() async throws {
        try await withStepBench { bench in
            let image = try await bench.image("in.png", width: 20, height: 10)
            let seen = try await bench.run(.validate, Self.images, on: image, as: "image/png")
            #expect(seen.values["content_type"] == "image/png" && seen.values["width"] == 20)
            let document = try bench.content(PDFSample.text([["a"], ["b"]]))
            let read = try await bench.run(.validate, Self.documents, on: document, as: "application/octet-stream")
            #expect(read.values["pages"] == 2 && read.values["encrypted"] == false)
        }
    }

    @Test func anEmptyFileIsRefusedUnlessItIsTaken() async throws {
        try await withStepBench { bench in
            let path = try bench.content([])
            #expect(try await bench.refusal(.validate, Self.images, on: path)?.code == "empty_file")
            let output = try await bench.run(.validate, ["allow_empty": true], on: path)
            #expect(output.values["size"] == 0)
        }
    }

    @Test func aFileOfAnotherTypeIsRefused() async throws {
        try await withStepBench { bench in
            let path = try bench.content("<!DOCTYPE html><html><body>no image</body></html>".utf8)
            let lie = try await bench.refusal(.validate, Self.images, on: path, as: "image/jpeg")
            #expect(lie?.code == "mislabelled")
            #expect(lie?.message.contains("image/jpeg") == true && lie?.message.contains("text/html") == true)
            #expect(try await bench.refusal(.validate, Self.images, on: path)?.code == "unsupported_type")
            #expect(try await bench.refusal(.validate, Self.images, on: path, as: "text/html")?.code == "unsupported_type")
        }
    }

    @Test func strictnessAsksForTheTypeThatWasSaid() async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.png", width: 20, height: 10)
            #expect(try await bench.run(.validate, Self.images, on: path, as: "image/jpeg").values["width"] == 20)
            let strict = Self.images.merging(["strict": true]) { $1 }
            #expect(try await bench.refusal(.validate, strict, on: path, as: "image/jpeg")?.code == "mislabelled")
            #expect(try await bench.run(.validate, strict, on: path, as: "image/png").values["width"] == 20)
        }
    }

    @Test func aFileLargerThanItTakesIsRefused() async throws {
        try await withStepBench { bench in
            let path = try bench.content("four and more".utf8)
            #expect(try await bench.refusal(.validate, ["max_size": 4], on: path)?.code == "too_large")
        }
    }

    @Test func aLockedDocumentSaysWhatToDo() async throws {
        try await withStepBench { bench in
            let path = try bench.content(PDFSample.encrypted())
            let failure = try await bench.refusal(.validate, Self.documents, on: path)
            #expect(failure?.code == "encrypted_document")
            #expect(failure?.isRecoverable == true && failure?.isTransient == false)
            #expect(failure?.message.contains("remove the password") == true)
        }
    }

    @Test(arguments: [
        "-rf", "--help", "-o/tmp/x", "$(touch x)", "`id`", "a;b", "a|b&c", "a'b\"c", "*?[x]", "%s%n", "é☃\u{1F600}", " ", "..",
        "../../etc/passwd", "/etc/passwd", "@file", "a\\b", "jpg:x", "[0]", "~", "#", "!",
    ])
    func aNameIsNeverAnOptionAPathOrAWord(_ key: String) async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.jpg", width: 30, height: 20)
            let before = try FileManager.default.contentsOfDirectory(atPath: bench.folder.string).count
            for (kind, settings) in [(StepKind.validate, Self.images), (.thumbnail, [:]), (.metadata, [:]), (.compress, [:])] {
                _ = try await bench.run(kind, settings, on: path, key: key)
            }
            _ = try await bench.run(.thumbnail, ["engine": "imagemagick"], on: path, key: key)
            // Five folders of steps, and nothing beside them.
            #expect(try FileManager.default.contentsOfDirectory(atPath: bench.folder.string).count == before + 5)
        }
    }
}
