public import Foundation
public import PurserIdentifiers
import Logging
import SystemPackage

/// A blob as found on disk.
public struct BlobOnDisk: Sendable, Hashable {
    /// Its name.
    public var blob: BlobID
    /// Bytes of its file.
    public var size: Int64
    /// When its bytes were written.
    public var modified: Date

    /// Describes a find.
    public init(blob: BlobID, size: Int64, modified: Date) {
        self.blob = blob
        self.size = size
        self.modified = modified
    }
}

extension BlobStore {
    /// Finds the blobs whose digest begins with a byte, in no order, holding one at a time.
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
                guard status.kind == .regular, let blob = Self.blob(named: name.string, prefix: prefix) else {
                    foreign += 1
                    return
                }
                do {
                    try body(BlobOnDisk(blob: blob, size: status.size, modified: status.modified))
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

    private static func blob(named name: String, prefix: String) -> BlobID? {
        // Upper-case digits name the same digest, but are not what this store writes.
        guard name.hasPrefix(prefix), let blob = BlobID(hex: name), blob.hex == name else { return nil }
        return blob
    }
}
