public import NIOCore
public import PurserBlobs
public import PurserCatalog

/// An open content: its bytes stay readable until this is let go, also when the file is replaced, deleted or kept
/// otherwise meanwhile.
public struct FileContent: Sendable {
    /// The file as it was when it was opened.
    public let file: FileRecord
    /// Where the bytes are.
    public let place: Place
    /// The coding that the bytes given out have; `nil` where they are the content.
    public let coding: ContentCoding?
    private let keptInline: ByteBuffer?
    /// Tells, as long as it is held, that somebody reads the file.
    var reading: OpenReading?

    /// Where the bytes of a content are.
    public enum Place: Sendable {
        /// In memory, checked.
        case inline(ByteBuffer)
        /// In a file that holds them as they are.
        case raw(BlobReader)
        /// In a file that holds them compressed; what is read from here is decoded.
        case encoded(EncodedBlob)
    }

    init(file: FileRecord, place: Place, keptInline: ByteBuffer? = nil) {
        self.init(file: file, place: place, keptInline: keptInline, coding: nil)
    }

    private init(file: FileRecord, place: Place, keptInline: ByteBuffer?, coding: ContentCoding?) {
        self.file = file
        self.place = place
        self.keptInline = keptInline
        self.coding = coding
    }

    /// Bytes that can be read here: of the content, or of its compressed form.
    public var size: Int64 {
        switch self.place {
        case .inline(let buffer): Int64(buffer.readableBytes)
        case .raw(let reader): reader.size
        case .encoded(let blob): blob.size
        }
    }

    /// The same content in the compressed form in which it is kept, for those who take its coding; `nil` where it is kept
    /// as it is.
    public var asKept: FileContent? {
        if case .encoded(let blob) = self.place {
            return FileContent(file: self.file, place: .raw(blob.stored), keptInline: nil, coding: blob.coding)
        }
        guard let bytes = self.keptInline, let coding = self.file.coding else { return nil }
        return FileContent(file: self.file, place: .inline(bytes), keptInline: nil, coding: coding)
    }
}

extension FileRecord {
    /// How the content is compressed where it is kept; `nil` where it is kept as it is.
    public var coding: ContentCoding? { BlobEncoding(rawValue: self.encoding)?.coding }
}
