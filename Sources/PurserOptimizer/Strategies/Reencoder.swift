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

    private let body:
        @Sendable (BlobRecord, _ operation: OperationID, _ isDryRun: Bool, @escaping Throttle) async throws -> Outcome

    /// Describes an encoder.
    ///
    /// - Parameter body: Encodes a content, or in a dry run finds out what that would save and changes nothing. It is given
    ///   the content, the id of the operation that asks, whether it is a dry run, and what to tell of its progress.
    public init(
        _ body: @escaping @Sendable (BlobRecord, OperationID, Bool, @escaping Throttle) async throws -> Outcome
    ) {
        self.body = body
    }

    func encode(
        _ blob: BlobRecord,
        _ operation: OperationID,
        isDryRun: Bool,
        throttle: @escaping Throttle
    ) async throws -> Outcome {
        try await self.body(blob, operation, isDryRun, throttle)
    }
}
