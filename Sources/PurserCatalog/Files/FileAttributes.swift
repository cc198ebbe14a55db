/// What goes with a file besides its content.
public struct FileAttributes: Sendable, Equatable {
    /// The media type its user gave.
    public var contentType: String?
    /// Names and values its user gave.
    public var metadata: [String: String]

    /// Describes a file's attributes.
    public init(contentType: String? = nil, metadata: [String: String] = [:]) {
        self.contentType = contentType
        self.metadata = metadata
    }
}
