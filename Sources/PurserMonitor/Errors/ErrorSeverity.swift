/// How much an error matters, the least first.
public enum ErrorSeverity: String, Sendable, CaseIterable, Codable, Comparable {
    /// A client's mistake or wish: nothing is wrong with the service.
    case low
    /// The service had too much to do, or a transfer went wrong on its way.
    case medium
    /// Work failed that should not have.
    case high
    /// Data or the store itself is in danger: somebody has to look.
    case critical

    /// Orders by how much it matters.
    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .low: 0
        case .medium: 1
        case .high: 2
        case .critical: 3
        }
    }
}

extension ErrorSeverity {
    /// What an error of that code is, where whoever reports it does not say: by ``known``, else ``high``.
    public init(code: String) {
        self = Self.known[code] ?? .high
    }

    /// The severities of Purser's own codes that are not ``high``.
    public static let known: [String: ErrorSeverity] = {
        var known: [String: ErrorSeverity] = [:]
        for code in Self.lowCodes { known[code] = .low }
        for code in Self.mediumCodes { known[code] = .medium }
        for code in Self.criticalCodes { known[code] = .critical }
        return known
    }()

    private static let lowCodes = [
        "alert_not_found", "alert_pending", "alert_resolved", "bucket_not_empty", "bucket_not_found",
        "context_too_large", "document_too_large", "expectation_failed", "file_not_found", "file_too_large",
        "foreign_host", "headers_too_large", "idempotency_conflict", "invalid_bucket_name", "invalid_condition",
        "invalid_copy_source", "invalid_cursor", "invalid_digest", "invalid_document", "invalid_job", "invalid_key",
        "invalid_metadata", "invalid_metric_name", "invalid_metric_value", "invalid_operation_id",
        "invalid_parameter", "invalid_range", "invalid_sample", "invalid_tags", "invalid_time_range",
        "invalid_timestamp", "job_ended", "job_not_found", "malformed_request", "method_not_allowed",
        "monitor_disabled", "not_found", "operation_cancelled", "operation_ended", "operation_exists",
        "operation_not_found", "operation_not_open", "over_limit", "partial_put", "pipeline_not_found",
        "precondition_failed", "range_not_satisfiable", "rate_limited", "reserved_metric_name", "run_in_progress",
        "run_not_found", "sample_too_large", "shutting_down", "strategy_unavailable", "too_large_for_budget",
        "too_many_inputs", "too_many_metrics", "too_many_open_operations", "too_many_points", "unknown_metric",
        "unknown_strategy", "unsupported_content_encoding", "uri_too_long",
    ]
    private static let mediumCodes = [
        "digest_mismatch", "length_mismatch", "memory_pressure", "memory_unavailable", "operation_timed_out",
        "pipeline_unavailable", "queue_full", "request_timeout", "source_changed", "source_unreadable",
        "target_unwritable", "temp_files_exhausted", "too_many_lists", "too_many_streams", "wait_expired",
    ]
    private static let criticalCodes = [
        "catalog_damaged", "content_damaged", "fsync_failed", "read_only", "storage_failure",
    ]
}
