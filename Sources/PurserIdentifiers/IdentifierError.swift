/// A name from outside that cannot be one.
public struct IdentifierError: Error, Hashable, Sendable {
    /// Stable and public: the `code` of the problem document.
    public enum Code: String, Sendable {
        /// Not a key: see ``FileKey``.
        case invalidKey = "invalid_key"
        /// Not a bucket's name: see ``BucketName``.
        case invalidBucketName = "invalid_bucket_name"
        /// Not an operation's id: see ``OperationID``.
        case invalidOperationID = "invalid_operation_id"
    }

    /// What is wrong, for programs.
    public var code: Code
    /// What is wrong, for people.
    public var message: String

    /// Describes a refusal.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension IdentifierError: CustomStringConvertible {
    /// The message and the code.
    public var description: String { "\(self.message) (\(self.code.rawValue))" }
}
