public import NIOCore
public import PurserBlobs
public import PurserCatalog

/// An open content: its bytes stay readable until this is let go, also when the file is replaced or deleted meanwhile.
public struct FileContent: Sendable {
    /// The file as it was when it was opened.
    public let file: FileRecord
    /// Where the bytes are.
    public let place: Place
    /// Tells, as long as it is held, that somebody reads the file.
    let reading: OpenReading?

    /// Where the bytes of a content are.
    public enum Place: Sendable {
        /// In memory, checked.
        case inline(ByteBuffer)
        /// In a file that holds them as they are.
        case raw(BlobReader)
    }
}
