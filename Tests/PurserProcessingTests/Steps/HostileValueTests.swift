import Foundation
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserProcessing

/// Programs, archives and documents may say anything: numbers that do not fit, texts that end anywhere.
///
/// Nothing of that may end the server; what is read of it stays within its bounds.
struct HostileValueTests {
    /// Numbers at the edges of what fits.
    private static let numbers = [
        "0", "-0", "-1", "1", "2147483647", "2147483648", "4294967296", "3037000500", "9223372036854775807",
        "9223372036854775808", "-9223372036854775808", "18446744073709551616", "1e308", "-1e308", "1e309", "0.1", "nan",
        "inf", "-inf", "00000000000000000001", "٣", "",
    ]

    /// A text with some of its numbers replaced, and some bytes changed, left out, or put in twice.
    private static func changed(_ text: String, _ generator: inout SeededGenerator) -> [UInt8] {
        var text = text
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let places = text.matches(of: /-?[0-9]+(\.[0-9]+)?/)
            guard let place = places.randomElement(using: &generator) else { break }
            text.replaceSubrange(place.range, with: Self.numbers.randomElement(using: &generator) ?? "")
        }
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0...3, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
            case 1: bytes.remove(at: place)
            case 2: bytes.removeSubrange(place...)
            default: bytes.insert(contentsOf: bytes[..<place], at: place)
            }
        }
        return bytes
    }

    /// Gives the body a text changed in many ways, as bytes and as text.
    private static func each(of text: String, _ body: ([UInt8], String, Comment) throws -> Void) rethrows {
        for seed in 0..<300 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let bytes = Self.changed(text, &generator)
            try body(bytes, String(decoding: bytes, as: UTF8.self), "seed \(seed)")
        }
    }

    @Test func headersOfImagesAndDocumentsAreRead() {
        let image = """
            x: 40x30 uchar, 3 bands, srgb, pngload
            width: 40
            height: 30
            bands: 3
            orientation: 6
            n-pages: 2
            exif-ifd0-Make: Maker (Maker, ASCII, 6 components, 6 bytes)
            exif-ifd2-ExposureTime: 1/8 (1/8 sec., Rational, 1 components, 8 bytes)
            """
        Self.each(of: image) { _, text, said in
            let header = ImageHeader(text)
            #expect(header.values["width"] != nil, said)
            // Refused or not: it does not wrap around.
            if (try? header.checkPixels(100)) != nil {
                let (pixels, isOver) = header.width.multipliedReportingOverflow(by: header.height)
                #expect(!isOver && pixels <= 100, said)
            }
        }
        let document = """
            Title:           A title
            Pages:           3
            Encrypted:       no
            Page    1 size:  612 x 792 pts (letter)
            Page    1 rot:   90
            Page    2 size:  100.5 x 200 pts
            Page    2 rot:   -9223372036854775808
            """
        Self.each(of: document) { _, text, said in
            let header = PDFHeader(text)
            for number in [1, 2, .max] {
                guard let size = header.size(ofPage: number) else { continue }
                #expect(size.width > 0 && size.height > 0, said)
                let pixels = PageImage(resolution: 1_200, format: .grey)
                #expect((1...1_200).contains(pixels.resolution(width: size.width, height: size.height)), said)
            }
            _ = header.values
        }
    }

    @Test func listingsOfArchivesAreRead() throws {
        let text = """
            -rw-r--r--  0 0      0         200 Nov 21 19:38 dir/hello world.txt
            drwxrwxr-x  0 0      0           0 Nov 21  2020 dir/
            -rw-r--r--  0 1000   1000  4294967296 Nov 21 19:38 b
            Archive Format: POSIX ustar format,  Compression: gzip
            """
        var (read, refused) = (0, 0)
        Self.each(of: text) { bytes, text, said in
            _ = ArchiveFormat(head: bytes)
            _ = ArchiveFormat.zipEntries([0x50, 0x4B, 5, 6] + bytes)
            guard let listing = ArchiveListing(text) else { return }
            read += 1
            #expect(listing.totalSize >= 0 && listing.entries.allSatisfy { $0.size >= 0 }, said)
            for size in [0, 1, Int64.max] {
                do {
                    try ArchiveLimits().check(listing, size: size)
                    #expect(listing.totalSize <= 1 << 30, said)
                } catch {
                    refused += 1
                }
            }
        }
        #expect(read > 50 && refused > 50)
    }

    @Test func tablesOfWordsBecomePages() throws {
        let text = """
            level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
            1\t1\t0\t0\t0\t0\t0\t0\t612\t792\t-1\t
            5\t1\t1\t1\t1\t1\t10\t20\t30\t40\t96.5\tone
            5\t1\t1\t1\t2\t1\t10\t80\t30\t40\t12\ttwo
            1\t2\t0\t0\t0\t0\t0\t0\t612\t792\t-1\t
            5\t2\t9\t1\t1\t1\t10\t20\t30\t40\t50\tthree

            """
        var read = 0
        Self.each(of: text) { _, text, said in
            for page in WordTable(scale: 0.36, source: .ocr).pages(text, first: 1) ?? [] {
                read += 1
                let layout = PageLayout.page(page).normalized
                #expect(layout.blocks.allSatisfy { (0...1).contains($0.confidence) }, said)
            }
        }
        #expect(read > 100)
    }

    @Test func processesAndTheirLinesAreRead() throws {
        let stat = """
            4321 (a (name) here) S 1 4321 4321 0 -1 4194304 100 200 0 0 150 50 30 20 20 0 1 0 12345 99999 512 0 0 0 0 0 0 0
            """
        Self.each(of: stat) { bytes, _, said in
            guard let usage = ProcessUsage(bytes) else { return }
            #expect(usage.memory >= 0 && usage.time >= .zero, said)
        }
        Self.each(of: "first\n::progress 0.5 half\n::progress 2 far\nlast\n") { bytes, _, said in
            let told = Collected<Double>()
            var lines = ProgressLines { fraction, _ in told.add(fraction) }
            var count = 0
            bytes.withUnsafeBytes { lines.take($0) { count += $0.count } }
            lines.finish { count += $0.count }
            #expect(told.all.allSatisfy { (0...1).contains($0) }, said)
            #expect(count <= bytes.count, said)
        }
    }

    @Test func whatWorkersSayIsRead() throws {
        let lines = [
            #"{"id":1,"progress":0.5,"message":"second page"}"#,
            #"{"id":1,"values":{"pages":2,"size":[1.5,{"deep":[[[[1]]]]}],"none":null,"yes":true}}"#,
            #"{"id":2,"error":{"code":"bad_file","message":"no","transient":false}}"#,
        ]
        var read = 0
        for line in lines {
            Self.each(of: line) { bytes, _, _ in
                guard let message = WorkerMessage(bytes) else { return }
                read += 1
                if let failure = message.error { #expect(!StepFailure(failure).code.isEmpty) }
                _ = message.values?.isShort
            }
        }
        #expect(read > 50)
        // As deep as a line can be.
        let deep = String(repeating: "[", count: 400_000) + String(repeating: "]", count: 400_000)
        #expect(WorkerMessage(Array(#"{"id":1,"values":{"a":\#(deep)}}"#.utf8)) == nil)
    }

    /// What a step before it says of its image is another program's word.
    @Test(arguments: [
        (Int64.max, Int64.max), (.min, .min), (.min, -1), (.max, 2), (-5, 7), (0, 0), (4_294_967_296, 4_294_967_296),
        (3_037_000_500, 3_037_000_500), (1, .max),
    ])
    func pixelsThatAnEarlierStepTellsDoNotOverflow(_ width: Int64, _ height: Int64) async throws {
        try await withStepBench { bench in
            let path = try await bench.image("in.png", width: 40, height: 30)
            let seen = StepOutput(
                files: [StepFile(name: "a.png", path: path, contentType: "image/png")],
                values: [
                    "content_type": "image/png", "width": .integer(width), "height": .integer(height),
                    "box_width": .integer(width), "box_height": .integer(height),
                ]
            )
            // What cannot be is not known, and so looked at; what is too much is refused.
            let isKnown = width > 0 && height > 0
            let failure = try await bench.refusal(.thumbnail, on: path, earlier: ["seen": seen])
            #expect(failure?.code == (isKnown ? "too_many_pixels" : nil))
            // A file that an earlier step made is looked at again where it is said to be too large.
            let made = try await bench.run(.thumbnail, ["from": "seen"], on: path, earlier: ["seen": seen])
            #expect(made.files.count == 1)
        }
    }

    /// Pages that a program of somebody else has handed on.
    @Test func pagesOfOthersDoNotOverflow() async throws {
        try await withStepBench { bench in
            let page = """
                {"number":1,"width":612,"height":792,"source":"text","words":[{"text":"a","box":{"x":1,"y":2,"width":3,"height":4},\
                "confidence":0.5,"block":0,"line":0},{"text":"b","box":{"x":9,"y":2,"width":3,"height":4},"confidence":1,"block":1,"line":7}]}
                """
            var (well, refused) = (0, 0)
            for seed in 0..<200 {
                var generator = SeededGenerator(seed: UInt64(seed))
                let bytes = Self.changed(page, &generator).filter { $0 != 0x0A }
                let path = try bench.content(bytes + [0x0A], name: "pages-\(seed)")
                let file = StepFile(name: "pages.jsonl", path: path, contentType: "application/jsonl", isKept: false)
                let earlier = ["pages": StepOutput(files: [file])]
                do {
                    var made = earlier
                    made["layout"] = try await bench.run(.layout, ["from": "pages"], on: path, earlier: made)
                    _ = try await bench.run(.normalize, ["from": "layout"], on: path, earlier: made)
                    well += 1
                } catch {
                    refused += 1
                }
            }
            #expect(well > 5 && refused > 50, "\(well) \(refused)")
        }
    }
}
