import Foundation

/// A file of random bytes whose content can be made another one cheaply.
struct LargeFile {
    let file: URL
    let size: Int

    init(scratch: URL, name: String, size: Int) throws {
        self.file = scratch.appending(path: name)
        self.size = size
        _ = FileManager.default.createFile(atPath: self.file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: self.file)
        let random = try FileHandle(forReadingFrom: URL(filePath: "/dev/urandom"))
        let block = try random.read(upToCount: 1 << 20) ?? Data()
        for number in 0..<max(1, size >> 20) {
            var block = block
            withUnsafeBytes(of: number) { block.replaceSubrange(0..<8, with: $0) }
            try handle.write(contentsOf: block.prefix(size))
        }
        try handle.close()
    }

    /// A file that is there.
    init(file: URL, size: Int) {
        self.file = file
        self.size = size
    }

    /// Changes its first bytes, so that no store has the content yet.
    func renew() throws {
        let handle = try FileHandle(forWritingTo: self.file)
        try handle.write(contentsOf: Data((0..<16).map { _ in UInt8.random(in: .min ... .max) }))
        try handle.close()
    }

    func upload(to url: String) throws {
        try Tool.run("curl", ["-sSf", "-o", "/dev/null", "-T", self.file.path, url])
    }

    /// Fetches the whole; the bytes go nowhere, so that only the server's and the network's work counts.
    static func download(from url: String) throws {
        try Tool.run("curl", ["-sSf", "-o", "/dev/null", url])
    }
}
