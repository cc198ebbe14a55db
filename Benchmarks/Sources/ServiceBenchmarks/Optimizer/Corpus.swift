import Foundation

/// Files as a store of documents has them, none with the content of another: source, documents and programs that the
/// system ships, pictures and archives that are compressed already, and lines of a log.
///
/// The choice follows from a seed and from what the system has: compare figures of one corpus only.
struct Corpus {
    /// One sort of files, and how much of the corpus it makes up.
    private struct Sort {
        var name: String
        var share: Double
        var folders: [String]
        /// Ends of names; any where there is none.
        var suffixes: [String] = []
    }

    private static let seed: UInt64 = 6
    /// Files of one sort: many small ones take long to store and say little about codecs.
    private static let maxFilesOfSort = 3_000
    private static let maxFileBytes = 16 << 20

    private static let sorts = [
        Sort(
            name: "source",
            share: 0.25,
            folders: ["/usr/include", "/usr/lib/python3", "/usr/lib/python3.11", "/usr/lib/python3.12", "/usr/share"],
            suffixes: [".h", ".hpp", ".c", ".py", ".pl", ".pm", ".js", ".css", ".sh", ".xml"]
        ),
        Sort(
            name: "documents",
            share: 0.15,
            folders: ["/usr/share/doc", "/usr/share/info", "/usr/share/common-licenses", "/usr/share/perl"],
            suffixes: ["copyright", ".txt", ".md", ".html", ".pod", ".rst", "README", "NEWS", ".json"]
        ),
        Sort(
            name: "binaries",
            share: 0.3,
            folders: ["/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/lib"]
        ),
        Sort(
            name: "media",
            share: 0.15,
            folders: ["/usr/share", "/usr/lib"],
            suffixes: [".png", ".jpg", ".gif", ".svgz", ".gz", ".xz", ".zip", ".woff", ".woff2", ".mo", ".ttf"]
        ),
    ]

    /// The folder of the files, which are named by their numbers.
    let folder: URL
    /// The files, each with a content of its own.
    let files: [URL]
    /// Bytes of all files.
    let bytes: Int

    /// Makes a corpus.
    ///
    /// - Parameters:
    ///   - scratch: Where its folder is made.
    ///   - size: Bytes that it has at most; less where the system ships less.
    /// - Throws: ``BenchmarkFailure`` where it would be less than a tenth of that.
    init(scratch: URL, size: Int) throws {
        self.folder = scratch.appending(path: "corpus-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
        var random = SeededRandom(seed: Self.seed)
        var writer = CorpusWriter(folder: self.folder)
        for sort in Self.sorts {
            let limit = Int(Double(size) * sort.share)
            try writer.copy(Self.candidates(sort).shuffled(using: &random), upTo: limit, files: Self.maxFilesOfSort)
        }
        try writer.writeLogs(bytes: size - Int(Double(size) * Self.sorts.reduce(0) { $0 + $1.share }), &random)
        self.files = writer.files
        self.bytes = writer.bytes
        guard self.bytes > size / 10 else {
            throw BenchmarkFailure("this system ships too few files for a corpus: \(self.bytes) bytes")
        }
    }

    private static func candidates(_ sort: Sort) -> [URL] {
        var found: Set<URL> = []
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey]
        for folder in sort.folders {
            let urls = FileManager.default.enumerator(
                at: URL(filePath: folder),
                includingPropertiesForKeys: Array(keys)
            )
            for case let url as URL in urls ?? .init() {
                let name = url.lastPathComponent
                guard sort.suffixes.isEmpty ? Self.isBinary(name) : sort.suffixes.contains(where: name.hasSuffix),
                    let values = try? url.resourceValues(forKeys: keys), values.isRegularFile == true,
                    let size = values.fileSize, (1...Self.maxFileBytes).contains(size)
                else { continue }
                found.insert(url)
            }
        }
        // In an order that the file system has no part in.
        return found.sorted { $0.path < $1.path }
    }

    private static func isBinary(_ name: String) -> Bool {
        name.contains(".so") || name.hasSuffix(".a") || name.hasSuffix(".o") || !name.contains(".")
    }
}

/// Random numbers that follow from a seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        self.state = seed
    }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var value = self.state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
