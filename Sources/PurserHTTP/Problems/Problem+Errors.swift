import HTTPTypes
import Hummingbird
import NIOHTTP1
import Purser
import PurserCatalog
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import PurserProcessing
import PurserStore

extension Problem {
    /// What an error means to a client.
    ///
    /// Only here do the codes of the layers below get their status.
    init(describing error: any Error) {
        switch error {
        case let error as Problem: self = error
        case let error as IdentifierError: self = .malformed(error.code.rawValue, error.message)
        case let error as OperationError: self.init(operationError: error)
        case let error as StoreError: self.init(storeError: error)
        case let error as MonitorError: self.init(monitorError: error)
        case let error as AlertError: self.init(alertError: error)
        case let error as OptimizerError: self.init(optimizerError: error)
        case let error as ProcessingError: self.init(processingError: error)
        case is HTTPParserError: self = .malformed("malformed_request", "the request's body is not valid HTTP")
        case let error as HTTPError where error.status == .notFound:
            self.init(.notFound, "not_found", "there is nothing at this address")
        case let error as HTTPError:
            self.init(error.status, "malformed_request", error.body ?? error.status.reasonPhrase)
        default:
            self.init(.internalServerError, "internal", "something failed inside Purser; its log tells more")
        }
    }

    private init(operationError error: OperationError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .queueFull, .waitExpired, .memoryUnavailable, .memoryPressure, .tempFilesExhausted, .shuttingDown:
                .serviceUnavailable
            case .rateLimited: .tooManyRequests
            case .tooLargeForBudget: .contentTooLarge
            case .operationCancelled, .operationExists, .operationEnded: .conflict
            case .operationTimedOut: .requestTimeout
            case .operationNotFound: .notFound
            case .storeFull: .insufficientStorage
            }
        self.init(status, error.code.rawValue, error.message)
        if let retryAfter = error.retryAfter {
            self.headers[.retryAfter] = "\(max(1, retryAfter.components.seconds))"
        } else if status == .serviceUnavailable || status == .tooManyRequests {
            self.headers[.retryAfter] = "1"
        }
    }

    private init(monitorError error: MonitorError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .unknownMetric, .operationNotOpen: .notFound
            case .reservedMetricName: .forbidden
            case .tooManyMetrics, .tooManyOpenOperations: .conflict
            case .contextTooLarge: .contentTooLarge
            case .invalidMetricName, .invalidMetricValue, .invalidTimestamp, .invalidTags, .invalidTimeRange,
                .tooManyPoints:
                .badRequest
            }
        self.init(status, error.code.rawValue, error.message)
    }

    private init(alertError error: AlertError) {
        self.init(error.code == .alertNotFound ? .notFound : .conflict, error.code.rawValue, error.message)
    }

    private init(optimizerError error: OptimizerError) {
        self.init(error.code == .runNotFound ? .notFound : .conflict, error.code.rawValue, error.message)
        // Where the run that is in the way can be looked at.
        if let run = error.run { self.headers[.location] = "/v1/optimizer/runs/\(run)" }
    }

    private init(processingError error: ProcessingError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .pipelineNotFound, .jobNotFound: .notFound
            case .pipelineUnavailable, .idempotencyConflict, .jobEnded: .conflict
            case .invalidJob, .tooManyInputs: .badRequest
            }
        self.init(status, error.code.rawValue, error.message)
    }

    private init(storeError error: StoreError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .bucketNotFound, .fileNotFound: .notFound
            case .bucketNotEmpty: .conflict
            case .preconditionFailed: .preconditionFailed
            case .digestMismatch: .unprocessableContent
            case .lengthMismatch: .badRequest
            case .fileTooLarge: .contentTooLarge
            case .storeFull: .insufficientStorage
            case .readOnly: .serviceUnavailable
            case .contentDamaged, .inputOutput, .locked, .newerFormat, .notAStore, .internal: .internalServerError
            }
        self.init(status, error.code.rawValue, error.message)
        if error.code == .readOnly { self.headers[.retryAfter] = "60" }
        if error.code == .preconditionFailed, let current = error.current { self.headers[.eTag] = current.etag }
    }
}

extension HTTPResponse.Status {
    /// 507 (RFC 4918 §11.5).
    static var insufficientStorage: Self { .init(code: 507, reasonPhrase: "Insufficient Storage") }
}
