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

/// Where a source is, as the report of a run keeps it.
struct RepairPlace: Sendable, Codable, Equatable {
    /// What is there.
    enum Kind: String, Sendable, Codable {
        /// Any folder.
        case folder
        /// The folder of another store.
        case store
        /// Something that only the process knew which has asked.
        case elsewhere
    }

    /// What is there.
    var kind: Kind
    /// Its path; a name for people, where it is elsewhere.
    var path: String
}

/// Bytes that come when they are asked for.
public typealias RepairBytes = AsyncThrowingStream<ByteBuffer, any Error>

/// A place where good bytes of damaged contents may be: a folder, a backup, another Purser.
///
/// What comes from it is hashed, and taken only where it has the right digest: so it need not be trusted. A run that was cut
/// off goes on with the folders among its sources; others are lost with the process, which the report says where contents
/// then stay damaged (`sources_lost`).
public struct RepairSource: Sendable {
    /// What it is called, for people.
    public var name: String
    /// How it is found again after a restart; `nil` where it lives in this process only.
    var place: RepairPlace?
    /// Opens what may be a content; `nil` where there is nothing.
    typealias Candidate = @Sendable () async throws -> RepairBytes?

    private let find: @Sendable (DamagedContent) async throws -> [Candidate]

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

    /// Describes a source that a restart does not lose.
    init(
        _ place: RepairPlace,
        find: @escaping @Sendable (DamagedContent) async throws -> [@Sendable () async throws -> RepairBytes?]
    ) {
        self.init(name: place.path, find: find)
        self.place = place
    }

    func candidates(for content: DamagedContent) async throws -> [@Sendable () async throws -> RepairBytes?] {
        try await self.find(content)
    }
}
