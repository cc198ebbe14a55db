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
        "bucket_not_empty", "bucket_not_found", "file_not_found", "file_too_large", "invalid_bucket_name",
        "invalid_condition", "invalid_copy_source", "invalid_cursor", "invalid_digest", "invalid_key",
        "invalid_metadata", "invalid_operation_id", "invalid_parameter", "invalid_range", "operation_cancelled",
        "operation_ended", "operation_exists", "operation_not_found", "precondition_failed", "range_not_satisfiable",
        "rate_limited", "shutting_down", "too_large_for_budget",
    ]
    private static let mediumCodes = [
        "digest_mismatch", "length_mismatch", "memory_pressure", "memory_unavailable", "operation_timed_out",
        "queue_full", "temp_files_exhausted", "wait_expired",
    ]
    private static let criticalCodes = [
        "catalog_damaged", "content_damaged", "fsync_failed", "read_only", "storage_failure",
    ]
}
