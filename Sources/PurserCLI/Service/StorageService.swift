import NIOCore
import PurserIdentifiers

/// The storage service as commands see it: a server's, over HTTP, or a store that this process has opened itself.
///
/// Every call ends early, with an error, when its task is cancelled; what it was doing is then undone or was done whole.
/// Errors can be of any layer: ``CommandError/init(describing:)`` knows them.
protocol StorageService: OptimizerService, JobService {
    /// Stores a content under a name.
    ///
    /// - Parameters:
    ///   - source: The bytes. They may be read from the start again where an attempt was refused.
    ///   - place: Bucket and key.
    ///   - options: What goes with the file.
    ///   - operation: The id under which the upload is known.
    /// - Returns: The file as it is now.
    /// - Throws: An error of any layer; nothing is stored then.
    func upload(
        _ source: ContentSource,
        to place: FilePlace,
        options: PutOptions,
        operation: OperationID
    ) async throws -> StoredFileDocument

    /// Hands a content out.
    ///
    /// - Parameters:
    ///   - place: Bucket and key.
    ///   - part: What the caller has of the content: it comes from there on, if it still is the file's content; else whole.
    ///   - operation: The id under which the download is known.
    ///   - begin: Told what comes and from where on, before the first piece.
    ///   - deliver: Gets the pieces in order.
    /// - Throws: An error of any layer, or what the closures throw; what was delivered is then not the whole.
    func download(
        _ place: FilePlace,
        continuing part: ContentPart?,
        operation: OperationID,
        begin: @escaping @Sendable (ContentFacts) async throws -> Void,
        deliver: @escaping @Sendable (ByteBuffer) async throws -> Void
    ) async throws

    /// Looks a file up.
    func file(_ place: FilePlace) async throws -> FileDocument

    /// A page of names, in byte order.
    func list(_ query: FileQuery, after cursor: FilePage.Cursor?) async throws -> FilePage

    /// Removes a file.
    func delete(_ place: FilePlace) async throws

    /// Gives a content another name.
    func copy(_ source: FilePlace, to target: FilePlace) async throws -> StoredFileDocument

    /// All buckets, by name.
    func buckets() async throws -> [BucketDocument]

    /// Creates a bucket, or finds it there.
    func createBucket(_ name: BucketName) async throws -> BucketDocument

    /// Removes an empty bucket.
    func deleteBucket(_ name: BucketName) async throws
}

extension StorageService {
    /// Looks a file up that may not be there.
    ///
    /// - Returns: `nil` where the bucket has no file of this key.
    func fileIfPresent(_ place: FilePlace) async throws -> FileDocument? {
        do {
            return try await self.file(place)
        } catch {
            guard CommandError(describing: error).code == "file_not_found" else { throw error }
            return nil
        }
    }
}

/// What goes with a file that is stored.
struct PutOptions: Sendable, Hashable {
    /// The media type; `nil` for none.
    var contentType: String?
    /// The user's own metadata; names in lower case.
    var metadata: [String: String] = [:]
    /// Whether a file that has the key already is an error.
    var mustBeNew = false
}

/// What is known of a content before its bytes come.
struct ContentFacts: Sendable, Hashable {
    /// Its bytes.
    var size: Int64
    /// Its digest.
    var sha256: BlobID
    /// Bytes at its start that do not come.
    var offset: Int64 = 0
}

/// The beginning of a content.
struct ContentPart: Sendable, Hashable {
    /// The digest of the whole content.
    var sha256: BlobID
    /// Bytes of the beginning; at least 1, and fewer than the whole has.
    var bytes: Int64
}
