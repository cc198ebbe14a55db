public import PurserOperations

/// How work of one's own is admitted, and what it holds.
public struct OperationOptions: Sendable {
    /// How the operation is admitted and followed.
    public var admission: AdmissionOptions
    /// What it counts as: the `kind` of its document, whose cap (`resources.caps.<kind>`) it keeps to.
    public var kind: OperationKind
    /// What it is measured as, where that is not its kind: from a small set, as it becomes a label.
    ///
    /// `monitor.thresholds.<label>` says how long it may take.
    public var label: String?
    /// Bytes that it will hold in memory; they are reserved for it as long as it runs.
    public var memory: Int
    /// Bytes that it will move, where known: the measure of `Operation.advance(bytes:)`.
    public var bytesTotal: Int64?

    /// Describes work that holds 64 KiB, unless told otherwise.
    public init(
        admission: AdmissionOptions = AdmissionOptions(),
        kind: OperationKind = .custom,
        label: String? = nil,
        memory: Int = 64 * 1024,
        bytesTotal: Int64? = nil
    ) {
        self.admission = admission
        self.kind = kind
        self.label = label
        self.memory = memory
        self.bytesTotal = bytesTotal
    }
}
