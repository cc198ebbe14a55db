import PurserBlobs
import PurserCatalog
public import PurserOperations
import PurserStore

/// Why the optimizer does not do what it was asked.
public struct OptimizerError: Error, Sendable {
    /// Stable and public: the `code` of the problem document.
    public enum Code: String, Sendable, CaseIterable {
        /// A run is under way; ``OptimizerError/run`` says which.
        case runInProgress = "run_in_progress"
        /// There is no run of that id, or it was forgotten.
        case runNotFound = "run_not_found"
        /// A strategy was asked for that cannot work here, such as compression without a codec.
        case strategyUnavailable = "strategy_unavailable"
    }

    /// What is wrong, for programs.
    public var code: Code
    /// What is wrong, for people; may change.
    public var message: String
    /// The run that is in the way.
    public var run: String?

    /// Describes a refusal.
    public init(_ code: Code, _ message: String, run: String? = nil) {
        self.code = code
        self.message = message
        self.run = run
    }
}

extension OptimizerError: OperationFailure {
    /// The code's stable name.
    public var failureCode: String { self.code.rawValue }
    /// The message.
    public var failureMessage: String { self.message }
}

/// The stable code of any error that a strategy may meet.
func failureCode(of error: any Error) -> String {
    switch error {
    case let error as StoreError: error.code.rawValue
    case let error as CatalogError: error.code.rawValue
    case let error as BlobError: error.code.rawValue
    case let error as any OperationFailure: error.failureCode
    default: "internal"
    }
}

/// Whether an error says that there is no room on the disk.
func isStoreFull(_ error: any Error) -> Bool { failureCode(of: error) == StoreError.Code.storeFull.rawValue }

/// Whether an error ends a run, as somebody wants that, and not only the work on one file.
func endsRun(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError: true
    case let error as OperationError:
        [.operationCancelled, .operationTimedOut, .operationEnded, .shuttingDown].contains(error.code)
    default: false
    }
}
