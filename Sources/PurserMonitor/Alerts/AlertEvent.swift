/// Alerts that Purser raises by itself, for what happens and is in no metric.
///
/// The raw value stands in the place of a rule's name.
public enum EventAlert: String, Sendable, CaseIterable, Codable {
    /// An operation takes longer than its kind's limit of warning; by kind.
    case durationWarning = "duration_warning"
    /// An operation takes longer than its kind's critical limit; by kind.
    case durationCritical = "duration_critical"
    /// An operation takes longer than its kind's maximum; by kind.
    case durationMaximum = "duration_maximum"
    /// The process uses more memory than it should: caches are dropped.
    case memoryElevated = "memory_elevated"
    /// The process uses much memory.
    case memoryWarning = "memory_warning"
    /// The process uses so much memory that it takes on half as much.
    case memoryCritical = "memory_critical"
    /// The process uses so much memory that it takes on nothing new but deletes.
    case memoryExhausted = "memory_exhausted"
    /// Stored bytes are not what was uploaded.
    case contentDamaged = "content_damaged"
    /// The store takes no writes since the disk failed.
    case storeReadOnly = "store_read_only"
    /// The store fills up.
    case storeSpaceWarning = "store_space_warning"
    /// The store is nearly full.
    case storeSpaceCritical = "store_space_critical"
    /// An export could not be written.
    case exportFailed = "export_failed"
    /// Scratch files could not be removed.
    case scratchRemovalFailed = "scratch_removal_failed"

    /// How urgent it is.
    public var severity: AlertSeverity {
        switch self {
        case .memoryElevated: .info
        case .durationWarning, .memoryWarning, .scratchRemovalFailed, .storeSpaceWarning: .warning
        case .durationMaximum, .exportFailed: .error
        case .durationCritical, .memoryCritical, .memoryExhausted, .contentDamaged, .storeReadOnly,
            .storeSpaceCritical:
            .critical
        }
    }

    /// Events of one family and subject are degrees of the same trouble: only the highest is told.
    ///
    /// An operation over its maximum is told besides, as it is an error of its own.
    var family: String? {
        switch self {
        case .durationWarning, .durationCritical: "duration"
        case .memoryElevated, .memoryWarning, .memoryCritical, .memoryExhausted: "memory"
        case .storeSpaceWarning, .storeSpaceCritical: "store_space"
        default: nil
        }
    }

    /// How long after it happened last the alert resolves by itself; `nil` where somebody has to clear it.
    var keep: Duration? {
        switch self {
        case .durationWarning, .durationCritical, .durationMaximum: .seconds(300)
        default: nil
        }
    }

    /// Whether each raise is a new happening, so that one that was resolved by hand comes back with the next.
    var isHappening: Bool { self == .contentDamaged || self == .exportFailed }

    /// Whether it is over when the process ends.
    var endsWithProcess: Bool { self != .contentDamaged }
}

/// Something that is an alert and comes from no metric.
public struct AlertEvent: Sendable, Hashable {
    /// What the alert is known by, in the place of a rule's name.
    public var name: String
    /// How urgent it is.
    public var severity: AlertSeverity
    /// What it is about; empty where there is one subject only.
    public var subject: String
    /// For people.
    public var message: String
    /// The figure that led to it.
    public var value: Double?
    /// What the figure was held against.
    public var threshold: Double?
    /// Events of one family and subject are degrees of the same trouble: only the highest is told.
    public var family: String?
    /// The degree among those of the same severity.
    public var rank = 0
    /// How long after it was raised last it resolves by itself; `nil` where somebody has to clear it.
    public var keep: Duration?
    /// Whether each raise is a new happening, so that one that was resolved by hand comes back with the next.
    public var isHappening = false
    /// Whether it is over when the process ends.
    public var endsWithProcess = false

    /// Describes an event of a user's own.
    ///
    /// - Parameters:
    ///   - name: What the alert is known by; no rule may have the same name.
    ///   - severity: How urgent it is.
    ///   - subject: What it is about.
    ///   - message: For people; at most 1,000 letters are kept.
    public init(name: String, severity: AlertSeverity, subject: String = "", message: String) {
        self.name = String(name.prefix(64))
        self.severity = severity
        self.subject = String(subject.prefix(128))
        self.message = String(message.prefix(1_000))
    }

    /// Describes an event of Purser's own.
    public init(
        _ alert: EventAlert,
        subject: String = "",
        message: String,
        value: Double? = nil,
        threshold: Double? = nil
    ) {
        self.init(name: alert.rawValue, severity: alert.severity, subject: subject, message: message)
        self.value = value
        self.threshold = threshold
        self.family = alert.family
        self.rank = alert == .memoryExhausted ? 1 : 0
        self.keep = alert.keep
        self.isHappening = alert.isHappening
        self.endsWithProcess = alert.endsWithProcess
    }

    /// Describes that an operation takes too long; the subject is its kind.
    public init(_ crossing: DurationCrossing) {
        let elapsed = crossing.elapsed / .seconds(1)
        let limit = crossing.limit / .seconds(1)
        let alert: EventAlert =
            switch crossing.level {
            case .warning: .durationWarning
            case .critical: .durationCritical
            case .maximum: .durationMaximum
            }
        self.init(
            alert,
            subject: crossing.kind,
            message: "operation \(crossing.operation) takes longer than \(crossing.kind) may",
            value: elapsed,
            threshold: limit
        )
    }
}
