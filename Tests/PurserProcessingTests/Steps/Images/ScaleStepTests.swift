import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

struct ScaleStepTests {
    @Test(arguments: ["vips", "imagemagick"])
    func anImageIsScaledIntoItsBox(_ engine: String) async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.jpg", width: 800, height: 600)
            let output = try await bench.run(.thumbnail, ["size": 256, "engine": .string(engine)], on: path)
            #expect(output.files.map(\.name) == ["thumbnail-256.jpg"])
            #expect(output.files.map(\.contentType) == ["image/jpeg"])
            #expect(try await bench.field("width", of: output.files[0].path) == "256")
            #expect(try await bench.field("height", of: output.files[0].path) == "192")
            #expect(output.values["engine"] == .string(engine))
        }
    }

    @Test(arguments: ["vips", "imagemagick"])
    func aSmallImageIsNotEnlarged(_ engine: String) async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.png", width: 40, height: 30)
            let output = try await bench.run(.thumbnail, ["engine": .string(engine)], on: path)
            #expect(try await bench.field("width", of: output.files[0].path) == "40")
        }
    }

    @Test(arguments: ["vips", "imagemagick"])
    func anImageIsTurnedAsItsEXIFSays(_ engine: String) async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.v", width: 200, height: 100)
            let turned = bench.folder.appending("turned.jpg").string
            let outcome = try await runTool("vips", ["copy", path, turned])
            try #require(outcome.status == 0)
            let tagged = try await runTool("/usr/bin/python3", ["-I", "-c", Self.turn, turned])
            try #require(tagged.status == 0, "\(tagged.output)")
            let output = try await bench.run(.thumbnail, ["size": 50, "engine": .string(engine)], on: turned)
            #expect(try await bench.field("width", of: output.files[0].path) == "25")
            #expect(try await bench.field("height", of: output.files[0].path) == "50")
        }
    }

    /// Puts an EXIF block with orientation 6 behind the beginning of a JPEG.
    private static let turn = """
        import struct, sys
        tiff = b"II*\\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)
        block = b"Exif\\0\\0" + tiff
        data = open(sys.argv[1], "rb").read()
        while data[2:4] in (b"\\xff\\xe0", b"\\xff\\xe1"):
            data = data[:2] + data[4 + struct.unpack(">H", data[4:6])[0]:]
        open(sys.argv[1], "wb").write(data[:2] + b"\\xff\\xe1" + struct.pack(">H", len(block) + 2) + block + data[2:])
        """

    @Test func anImageFillsItsBoxWhereItShould() async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.jpg", width: 400, height: 200)
            let output = try await bench.run(
                .resize, ["width": 100, "height": 100, "fit": "cover", "format": "webp", "keep": false], on: path
            )
            #expect(output.files.map(\.name) == ["resized.webp"])
            #expect(output.files.map(\.isKept) == [false])
            #expect(try await bench.field("width", of: output.files[0].path) == "100")
            #expect(try await bench.field("height", of: output.files[0].path) == "100")
        }
    }

    @Test func whatAnEarlierStepMadeIsRead() async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.jpg", width: 1_000, height: 500)
            let working = try await bench.run(.resize, ["width": 400, "height": 400], on: path)
            try FileManager.default.removeItem(atPath: path)
            let other = try bench.content("no image".utf8)
            let output = try await bench.run(
                .thumbnail, ["size": 100, "from": "working"], on: other, earlier: ["working": working]
            )
            #expect(try await bench.field("width", of: output.files[0].path) == "100")
            let missing = try await bench.refusal(.thumbnail, ["from": "nowhere"], on: other)
            #expect(missing?.code == "input_missing")
        }
    }

    @Test func anImageOfTooManyPixelsIsRefusedBeforeItIsDecoded() async throws {
        try await withStepBench { bench in
            let path = try await bench.hugePNG(width: 30_000, height: 30_000)
            // 2.7 GB of pixels have no room there.
            let limits = StepLimits(memory: 128 << 20)
            #expect(try await bench.refusal(.thumbnail, on: path, limits: limits)?.code == "too_many_pixels")
            let types: StepValue = ["image/*"]
            let failure = try await bench.refusal(.validate, ["types": types], on: path, limits: limits)
            #expect(failure?.code == "too_many_pixels")
            #expect(failure?.message.contains("30000 × 30000") == true)
        }
    }

    @Test func imageMagickTakesNoMorePixelsThanFitInItsMemory() async throws {
        try await withStepBench { bench in
            let settings: [String: StepValue] = ["engine": "imagemagick"]
            let limits = StepLimits(memory: 128 << 20)
            let large = try await bench.hugePNG(width: 12_000, height: 12_000)
            #expect(try await bench.refusal(.thumbnail, settings, on: large, limits: limits)?.code == "too_many_pixels")
            let huge = try await bench.hugePNG(width: 30_000, height: 30_000)
            let failure = try await bench.refusal(.thumbnail, settings, on: huge, limits: limits)
            #expect(failure?.code == "damaged_image")
            #expect(failure?.message.contains("larger than ImageMagick takes") == true, "\(failure?.message ?? "")")
            let seen = StepOutput(values: ["content_type": "image/png", "width": 30_000, "height": 30_000])
            let known = try await bench.refusal(.thumbnail, settings, on: huge, earlier: ["seen": seen], limits: limits)
            #expect(known?.code == "too_many_pixels")
        }
    }

    @Test(arguments: ["vips", "imagemagick"], ["jpg", "png"])
    func aTruncatedImageIsRefused(_ engine: String, _ suffix: String) async throws {
        try await withStepBench { bench in
            let whole = try await bench.image("in.\(suffix)", width: 600, height: 400)
            let bytes = try Data(contentsOf: URL(filePath: whole))
            for count in [bytes.count * 2 / 3, 700] {
                let path = try bench.content(bytes.prefix(count), name: "cut-\(count)")
                let failure = try await bench.refusal(.thumbnail, ["engine": .string(engine)], on: path)
                #expect(failure?.code == "damaged_image", "\(count): \(failure?.message ?? "no failure")")
            }
        }
    }

    @Test func whatLibvipsDoesNotTrustIsLeftToImageMagick() async throws {
        try await withStepBench { bench in
            let path = bench.folder.appending("in.bmp").string
            let outcome = try await runTool("convert", ["-size", "60x40", "xc:red", "bmp3:\(path)"])
            try #require(outcome.status == 0, "\(outcome.output)")
            #expect(try await bench.refusal(.thumbnail, on: path)?.code == "unsupported_image")
            let output = try await bench.run(.thumbnail, ["engine": "imagemagick", "size": 30], on: path)
            #expect(try await bench.field("width", of: output.files[0].path) == "30")
        }
    }

    @Test(arguments: [
        "push graphic-context\nviewbox 0 0 9 9\nimage over 0,0 9,9 '/etc/passwd'\npop graphic-context\n",
        "<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd' width='9' height='9'/></svg>",
        "%!PS\n(x) show showpage", "no image at all",
    ])
    func imagesThatRunThingsAreNotOpened(_ text: String) async throws {
        try await withStepBench { bench in
            let path = try bench.content(text.utf8)
            #expect(try await bench.refusal(.thumbnail, ["engine": "imagemagick"], on: path)?.code == "unsupported_image")
            #expect(try await bench.refusal(.thumbnail, on: path)?.code == "unsupported_image")
        }
    }

    @Test func transparentBecomesWhite() async throws {
        try await withStepBench { bench in
            let path = bench.folder.appending("clear.png").string
            let outcome = try await runTool("convert", ["-size", "60x40", "xc:none", path])
            try #require(outcome.status == 0, "\(outcome.output)")
            for engine in ["vips", "imagemagick"] {
                let output = try await bench.run(.thumbnail, ["engine": .string(engine)], on: path)
                let mean = try await runTool("vips", ["avg", output.files[0].path])
                #expect((Double(mean.output.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) > 254)
            }
        }
    }
}
