package import PurserIdentifiers
package import SystemPackage

/// Contents that other stores, or copies of their files, keep compressed.
extension EncodedBlob {
    /// The names of the files in which stores keep a content compressed.
    package static func fileNames(of blob: BlobID) -> [(name: String, coding: ContentCoding)] {
        ContentCoding.allCases.map { coding in
            (blob.hex + BlobEncoding(isInline: false, coding: coding).fileSuffix, coding)
        }
    }

    /// Whether a file may keep a content compressed, by its name.
    package static func isFileName(_ name: String) -> Bool {
        BlobEncoding.inFiles.contains { encoding in
            encoding != .raw && name.hasSuffix(encoding.fileSuffix)
                && name.utf8.count == 64 + encoding.fileSuffix.utf8.count
        }
    }

    /// Opens a file that keeps a content compressed, wherever it lies.
    ///
    /// Nothing but its index is looked at: compare the digest of what is read.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - blob: The content that it is said to keep.
    ///   - size: Bytes that the content must have.
    ///   - coding: How it is compressed.
    /// - Returns: The content.
    /// - Throws: ``BlobError`` `.damaged`, `.inputOutput`.
    package static func open(
        _ path: FilePath,
        as blob: BlobID,
        size: Int64,
        coding: ContentCoding
    ) throws(BlobError) -> EncodedBlob {
        let stored: BlobReader
        do {
            let file = try LocalFileSystem().open(path, .read)
            stored = BlobReader(blob: blob, size: try file.status().size, file: file)
        } catch {
            throw BlobError(error, "opening a file that may be blob \(blob)")
        }
        return try EncodedBlob(stored, size: size, coding: coding)
    }
}
