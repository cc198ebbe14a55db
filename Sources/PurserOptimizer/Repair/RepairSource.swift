public import NIOCore
public import PurserIdentifiers

/// A content whose bytes are wrong or missing, and what it is called.
public struct DamagedContent: Sendable, Equatable {
    /// Its digest: what good bytes have to have.
    public var blob: BlobID
    /// Its bytes.
    public var size: Int64
    /// Some of the files that have it: under these names another copy of the store may hold it.
    public var files: [(bucket: BucketName, key: FileKey)]

    /// Compares all of it.
    public static func == (left: Self, right: Self) -> Bool {
        left.blob == right.blob && left.size == right.size
            && left.files.elementsEqual(right.files) { $0.bucket == $1.bucket && $0.key == $1.key }
    }
}

/// Bytes that come when they are asked for.
public typealias RepairBytes = AsyncThrowingStream<ByteBuffer, any Error>

/// A place where good bytes of damaged contents may be: a folder, a backup, another Purser.
///
/// What comes from it is hashed, and taken only where it has the right digest: so it need not be trusted.
public struct RepairSource: Sendable {
    /// What it is called, for people.
    public var name: String
    private let find: @Sendable (DamagedContent) async throws -> [@Sendable () async throws -> RepairBytes?]

    /// Describes a source.
    ///
    /// - Parameters:
    ///   - name: What it is called, for people.
    ///   - find: Names what may be the content; each is opened when it is its turn.
    public init(
        name: String,
        find: @escaping @Sendable (DamagedContent) async throws -> [@Sendable () async throws -> RepairBytes?]
    ) {
        self.name = name
        self.find = find
    }

    func candidates(for content: DamagedContent) async throws -> [@Sendable () async throws -> RepairBytes?] {
        try await self.find(content)
    }
}
