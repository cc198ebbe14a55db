import PurserMonitor
import PurserOperations

extension ServiceMonitor {
    /// Asks for work that is measured piece by piece; where it is refused as a whole, that is in the log of errors.
    ///
    /// - Parameters:
    ///   - kind: What the work is.
    ///   - client: For whom.
    ///   - body: Asks for it.
    /// - Returns: What the body returned.
    /// - Throws: What the body throws.
    func notingRefusal<Value>(
        of kind: OperationKind,
        client: String,
        _ body: () async throws -> Value
    ) async throws -> Value {
        do {
            return try await body()
        } catch {
            guard self.operations.performance.isEnabled, !(error is CancellationError) else { throw error }
            let failure = OperationSnapshot.Failure(error)
            self.operations.errors.record(
                ErrorEntry(
                    code: failure.code,
                    message: failure.message,
                    kind: kind.rawValue,
                    context: ["client": client],
                    time: self.now()
                )
            )
            throw error
        }
    }
}
