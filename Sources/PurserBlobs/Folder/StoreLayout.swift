public import PurserIdentifiers
public import SystemPackage

/// Where things are in a storage folder.
public struct StoreLayout: Sendable, Hashable {
    /// The storage folder.
    public let root: FilePath

    /// Names the places under a storage folder.
    public init(root: FilePath) {
        self.root = root
    }

    /// The catalog's database; the database engine keeps more files beside it whose names begin like its own.
    public var catalog: FilePath { self.root.appending("catalog.sqlite") }
    /// The version of the layout: ``StoreFormat``.
    public var format: FilePath { self.root.appending("format") }
    /// The lock: ``StoreLock``.
    public var lock: FilePath { self.root.appending("lock") }
    /// Space kept for a full disk: ``SpaceReserve``.
    public var reserve: FilePath { self.root.appending("reserve") }
    /// Whole blobs, in 256 folders.
    public var blobs: FilePath { self.root.appending("blobs") }
    /// Bytes not yet committed.
    public var staging: FilePath { self.root.appending("staging") }
    /// Scratch folders of operations.
    public var temp: FilePath { self.root.appending("temp") }
    /// Folders of programs that stay, which belong to no operation; emptied as all of ``temp`` is, at the next start.
    public var workers: FilePath { self.temp.appending("workers") }
    /// Kept results of processing; made where they are kept first.
    public var results: FilePath { self.root.appending("results") }
    /// Blobs that were found damaged.
    public var quarantine: FilePath { self.root.appending("quarantine") }

    /// The folder of the blobs whose digest begins with a byte: `00` to `ff`.
    public func shard(_ number: UInt8) -> FilePath {
        let digits = String(number, radix: 16)
        return self.blobs.appending(digits.count == 1 ? "0" + digits : digits)
    }

    /// The folder of a blob.
    public func shard(of blob: BlobID) -> FilePath {
        self.blobs.appending(String(blob.hex.prefix(2)))
    }

    /// The file that holds a blob's bytes: as they are, unless told otherwise.
    ///
    /// An encoded blob has a name of its own, so that two encodings can lie side by side while one takes the other's place.
    ///
    /// - Parameters:
    ///   - blob: Which; its name is the digest of the content in any case.
    ///   - encoding: One that keeps bytes in files.
    /// - Returns: `blobs/ab/ab12…`, with `.gz` or `.zst` behind it for an encoded one.
    public func file(of blob: BlobID, encoding: BlobEncoding = .raw) -> FilePath {
        let hex = blob.hex
        return self.blobs.appending(String(hex.prefix(2))).appending(hex + encoding.fileSuffix)
    }

    /// Scratch space of one operation; whoever needs it makes it.
    public func scratch(of operation: OperationID) -> FilePath {
        self.temp.appending(operation.description)
    }
}
