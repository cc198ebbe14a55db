public import Foundation
public import PurserIdentifiers
import Logging
import SystemPackage

/// A blob as found on disk.
public struct BlobOnDisk: Sendable, Hashable {
    /// Its name.
    public var blob: BlobID
    /// How its bytes are kept, by the name.
    public var encoding: BlobEncoding
    /// Bytes of its file.
    public var size: Int64
    /// When its bytes were written.
    public var modified: Date

    /// Describes a find.
    public init(blob: BlobID, encoding: BlobEncoding = .raw, size: Int64, modified: Date) {
        self.blob = blob
        self.encoding = encoding
        self.size = size
        self.modified = modified
    }
}

extension BlobStore {
    /// Finds the blobs whose digest begins with a byte, in no order, holding one at a time.
    ///
    /// One that lies there in two encodings is found twice.
    ///
    /// Blobs that come or go meanwhile may or may not be found. Anything else that lies there is not a blob: it is logged
    /// and left alone.
    ///
    /// - Throws: ``BlobError`` `.inputOutput`; what the body throws.
    public func forEachBlob(inShard number: UInt8, _ body: (BlobOnDisk) throws -> Void) throws {
        let folder = self.layout.shard(number)
        let prefix = folder.lastComponent?.string ?? ""
        var interruption: (any Error)?
        var foreign = 0
        do {
            try self.fileSystem.forEachEntry(of: folder) { (name) throws(FileSystemError) in
                guard interruption == nil else { return }
                let path = folder.appending(name)
                guard let status = try self.fileSystem.status(of: path) else { return }
                guard status.kind == .regular,
                    let (blob, encoding) = Self.blob(named: name.string, prefix: prefix)
                else {
                    foreign += 1
                    return
                }
                do {
                    try body(
                        BlobOnDisk(blob: blob, encoding: encoding, size: status.size, modified: status.modified)
                    )
                } catch {
                    interruption = error
                }
            }
        } catch {
            throw BlobError(error, "listing \(folder)")
        }
        if foreign > 0 {
            self.logger.warning(
                "foreign files among the blobs were left alone",
                metadata: ["purser.folder": "\(folder)", "purser.files": "\(foreign)"]
            )
        }
        if let interruption { throw interruption }
    }

    /// The blobs whose digest begins with a byte, all at once: a 256th of the store.
    ///
    /// - Throws: ``BlobError`` `.inputOutput`.
    public func blobs(inShard number: UInt8) throws -> [BlobOnDisk] {
        var blobs: [BlobOnDisk] = []
        try self.forEachBlob(inShard: number) { blobs.append($0) }
        return blobs
    }

    private static func blob(named name: String, prefix: String) -> (BlobID, BlobEncoding)? {
        let digits = name.prefix(64)
        // Upper-case digits name the same digest, but are not what this store writes.
        guard name.hasPrefix(prefix), let blob = BlobID(hex: digits), blob.hex == digits else { return nil }
        let suffix = name.dropFirst(64)
        guard let encoding = BlobEncoding.inFiles.first(where: { $0.fileSuffix == suffix }) else { return nil }
        return (blob, encoding)
    }
}
