import Foundation

/// Writes the files of a corpus, each content once.
struct CorpusWriter {
    let folder: URL
    private(set) var files: [URL] = []
    private(set) var bytes = 0
    private var contents: Set<Int> = []

    init(folder: URL) {
        self.folder = folder
    }

    /// Copies files until there are enough of them.
    mutating func copy(_ sources: [URL], upTo limit: Int, files count: Int) throws {
        let (end, last) = (self.bytes + limit, self.files.count + count)
        for source in sources where self.bytes < end && self.files.count < last {
            // What this user may not read is left out.
            guard let content = try? Data(contentsOf: source), self.bytes + content.count <= end else { continue }
            try self.add(content)
        }
    }

    /// Writes logs of 64 KiB to 4 MiB.
    mutating func writeLogs(bytes: Int, _ random: inout SeededRandom) throws {
        let end = self.bytes + bytes
        while self.bytes < end {
            let size = min(end - self.bytes, 65_536 << Int.random(in: 0...6, using: &random))
            try self.add(LogLines.make(bytes: size, &random))
        }
    }

    private mutating func add(_ content: Data) throws {
        guard !content.isEmpty, self.contents.insert(Self.hash(content)).inserted else { return }
        let file = self.folder.appending(path: String(format: "%06d", self.files.count))
        try content.write(to: file)
        self.files.append(file)
        self.bytes += content.count
    }

    /// Of all bytes; a collision, one in 2^64 per pair, would leave one file out.
    private static func hash(_ content: Data) -> Int {
        var hasher = Hasher()
        content.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}

/// Lines as services write them: times, ids, paths and numbers.
enum LogLines {
    private static let paths = ["/v1/buckets/default/files", "/v1/operations", "/healthz", "/metrics", "/v1/system"]

    /// Makes so many bytes of them.
    static func make(bytes: Int, _ random: inout SeededRandom) -> Data {
        var text = Data(capacity: bytes + 200)
        var milliseconds = Int.random(in: 0..<86_400_000, using: &random)
        while text.count < bytes {
            milliseconds += Int.random(in: 1...900, using: &random)
            let (number, path) = (random.next(), Self.paths[Int(random.next() % UInt64(Self.paths.count))])
            let line =
                "2026-11-21 \(milliseconds / 3_600_000 % 24):\(milliseconds / 60_000 % 60):\(milliseconds % 60_000) "
                + "info purser.request id=\(String(number, radix: 16)) GET \(path)/\(number % 9_973) "
                + "200 \(number % 65_521) bytes \(number % 4_001) us\n"
            text.append(contentsOf: line.utf8)
        }
        return text.prefix(bytes)
    }
}
