public import Logging
public import PurserIdentifiers
public import PurserOperations

/// What is known of a request once it is over: a line of the log.
///
/// It has no name of a file: the route tells the call, and the operation's id leads to the rest.
public struct RequestRecord: Sendable {
    /// What became of the request's operation.
    public struct Work: Sendable {
        /// Its id.
        public var id: OperationID
        /// What it did.
        public var kind: OperationKind
        /// How it ended.
        public var state: OperationState
        /// How long it waited for its slot.
        public var waited: Duration
    }

    /// A value of a field.
    public enum Value: Sendable, Hashable {
        /// A text.
        case text(String)
        /// A whole number.
        case integer(Int64)
        /// A time in seconds, to the nanosecond.
        case seconds(Double)
    }

    /// The request's id, as the client got it.
    public var id: String
    /// Who asked.
    public var client: String
    /// The method.
    public var method: String
    /// The route that was taken; `NotFound` where there is none.
    public var route: String
    /// The status of the answer.
    public var status: Int
    /// From the head of the request to the end of the answer.
    public var duration: Duration
    /// Bytes of content that were moved; `nil` where nobody knows.
    public var bytes: Int64?
    /// The request's operation, where it was one.
    public var operation: Work?

    /// Calls a body with each field, in the order of their names.
    public func forEachField(_ body: (_ name: StaticString, _ value: Value) -> Void) {
        body("http.method", .text(self.method))
        body("http.route", .text(self.route))
        body("http.status", .integer(Int64(self.status)))
        if let bytes = self.bytes { body("purser.bytes", .integer(bytes)) }
        body("purser.client", .text(self.client))
        if let operation = self.operation {
            body("purser.operation.id", .text(operation.id.description))
            body("purser.operation.kind", .text(operation.kind.rawValue))
            body("purser.operation.state", .text(operation.state.rawValue))
        }
        body("purser.request.id", .text(self.id))
        body("purser.seconds", .seconds(self.duration.seconds))
        if let operation = self.operation { body("purser.wait_seconds", .seconds(operation.waited.seconds)) }
    }

    /// The fields as a `Logger` takes them.
    public var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        self.forEachField { name, value in
            metadata[name.description] =
                switch value {
                case .text(let text): .string(text)
                case .integer(let number): .stringConvertible(number)
                case .seconds(let seconds): .stringConvertible(seconds)
                }
        }
        return metadata
    }
}
