package import PurserMonitor

/// The last failures: `GET /v1/errors`.
package struct ErrorListDocument: Codable, Sendable {
    package var errors: [ErrorDocument]

    package init(errors: [ErrorDocument]) {
        self.errors = errors
    }
}

/// A failure.
package struct ErrorDocument: Codable, Sendable {
    package var id: Int
    package var code: String
    package var message: String
    package var severity: String
    package var isRecoverable: Bool
    package var recovery: String
    @OrNull package var kind: String?
    @OrNull package var operationId: String?
    package var context: [String: String]
    package var time: String

    package init(_ entry: ErrorEntry) {
        self.id = entry.id
        self.code = entry.code
        self.message = entry.message
        self.severity = entry.severity.rawValue
        self.isRecoverable = entry.isRecoverable
        self.recovery = entry.recovery.rawValue
        self.context = entry.context
        self.time = entry.time.rfc3339
        self.kind = entry.kind
        self.operationId = entry.operation?.description
    }
}
