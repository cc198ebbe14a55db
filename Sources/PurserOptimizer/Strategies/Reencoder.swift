public import PurserCatalog
public import PurserIdentifiers

/// Keeps contents in another encoding: what does so, and how, is somebody else's.
public struct Reencoder: Sendable {
    /// What became of a content.
    public enum Outcome: Sendable, Equatable {
        /// It is kept encoded, or in a dry run would be: bytes as kept before and after.
        case encoded(before: Int64, after: Int64)
        /// Encoding it saves too little.
        case unsuitable
        /// It is kept encoded already, went, or changed meanwhile.
        case skipped
    }

    /// Tells of bytes read and encoded; may wait, and what it throws ends the encoding, which then leaves all as it was.
    public typealias Throttle = @Sendable (Int) async throws -> Void

    /// Encodes a content, or in a dry run finds out what that would save and changes nothing.
    ///
    /// It is given the content, the id of the operation that asks, whether it is a dry run, and what to tell of its progress.
    public typealias Single = @Sendable (BlobRecord, OperationID, Bool, @escaping Throttle) async throws -> Outcome

    /// The same for several small contents at once, and tells of each what became of it, in their order.
    public typealias Several =
        @Sendable (
            [BlobRecord], OperationID, Bool, @escaping Throttle
        ) async throws -> [Result<Outcome, any Error>]

    private let single: Single
    private let several: Several?

    /// Describes an encoder.
    ///
    /// - Parameters:
    ///   - single: Encodes a content.
    ///   - several: Encodes contents that lie in the catalog, a few dozen at a time; where there is none, each goes by itself.
    public init(_ single: @escaping Single, several: Several? = nil) {
        self.single = single
        self.several = several
    }

    /// Whether a content is encoded together with others.
    func joins(_ blob: BlobRecord) -> Bool { self.several != nil && blob.isInline }

    func encode(
        _ blobs: [BlobRecord],
        _ operation: OperationID,
        isDryRun: Bool,
        throttle: @escaping Throttle
    ) async throws -> [Result<Outcome, any Error>] {
        if blobs.count > 1, let several { return try await several(blobs, operation, isDryRun, throttle) }
        var outcomes: [Result<Outcome, any Error>] = []
        for blob in blobs {
            do {
                outcomes.append(.success(try await self.single(blob, operation, isDryRun, throttle)))
            } catch {
                outcomes.append(.failure(error))
            }
        }
        return outcomes
    }
}
