/// An error that can stand in the document of the operation that it ended.
///
/// An error without it is shown with the code `internal` and a message that tells nothing of the inside.
public protocol OperationFailure: Error {
    /// Stable and public, in snake case; from a closed set.
    var failureCode: String { get }
    /// For people; safe to show to the client that started the operation.
    var failureMessage: String { get }
}

extension OperationError: OperationFailure {
    /// The code's stable name.
    public var failureCode: String { self.code.rawValue }
    /// The message, without the cause.
    public var failureMessage: String { self.message }
}

extension OperationSnapshot.Failure {
    /// What the document of an operation says of the error that ended it.
    package init(_ error: any Error) {
        switch error {
        case let failure as any OperationFailure:
            self.init(code: failure.failureCode, message: failure.failureMessage)
        case is CancellationError:
            self.init(OperationError(.operationCancelled, "the operation was cancelled"))
        default:
            self.init(code: "internal", message: "an unexpected error ended the operation")
        }
    }
}
