import Foundation
import Logging
import PurserIdentifiers
import PurserMonitor
import PurserOperations
package import PurserProcessing

extension ServiceMonitor {
    /// Tells people of what jobs met.
    package func note(_ event: ProcessingEvent) {
        guard self.operations.performance.isEnabled else { return }
        switch event {
        case .fileFailed(let failure): self.operations.errors.record(ErrorEntry(failure, at: self.now()))
        case .callbackFailed(let job, let message):
            self.record("callback_failed", message, .medium, ["job": job], operation: try? OperationID(job))
        case .triggerFailed(let trigger, let message):
            self.record("trigger_failed", message, .high, ["trigger": trigger])
        case .jobEnded(let job):
            self.logger.info(
                "job ended",
                metadata: [
                    "purser.operation.id": "\(job.id)", "purser.pipeline": "\(job.pipeline)",
                    "purser.state": "\(job.state.rawValue)", "purser.files": "\(job.files.total)",
                    "purser.files.failed": "\(job.files.failed)",
                ]
            )
        }
    }

    private func record(
        _ code: String,
        _ message: String,
        _ severity: ErrorSeverity,
        _ context: [String: String],
        operation: OperationID? = nil
    ) {
        self.operations.errors.record(
            ErrorEntry(
                code: code,
                message: message,
                severity: severity,
                kind: OperationKind.process.rawValue,
                // A name that is no id is none of ours.
                operation: operation,
                context: context,
                time: self.now()
            )
        )
    }
}

extension ErrorEntry {
    /// The failure of a file of a job.
    init(_ failure: JobFailure, at time: Date) {
        var context = [
            "job": failure.job, "pipeline": failure.pipeline, "file": "\(failure.file.bucket)/\(failure.file.key)",
            "recoverable": "\(failure.error.isRecoverable)",
        ]
        context["step"] = failure.error.step
        self.init(
            code: failure.error.code,
            message: failure.error.message,
            severity: ErrorSeverity(failure.error.severity),
            kind: OperationKind.process.rawValue,
            // Written by us: it is one.
            operation: try? OperationID(failure.job),
            context: context,
            time: time
        )
    }
}

extension ErrorSeverity {
    /// How much a failure of a step matters to the service.
    init(_ severity: FailureSeverity) {
        switch severity {
        case .info: self = .low
        case .warning: self = .medium
        case .error: self = .high
        case .critical: self = .critical
        }
    }
}
