public import PurserOperations

/// How long operations may take before somebody is told.
///
/// What a transfer takes is mostly its client's doing. So uploads and downloads are judged by the time they spent in
/// their stages (hashing, the disk, the catalog) and not by that in which they waited for the client or for a slot; a
/// transfer whose stages are unknown is not judged. Moving many bytes takes long on the best of disks: the limits of
/// transfers grow by the time that their bytes take at ``transferRate``. What is slower than that rate is the matter of
/// the rule on throughput.
public struct DurationThresholds: Sendable, Hashable {
    /// `monitor.thresholds.<kind>`: the limits of a kind of operation, or of a user's work of that name.
    ///
    /// `warning` is more than 0 s, and neither limit is below the one before. `process` is one file of a job.
    public var kinds: [String: DurationLimits] = [
        "process": DurationLimits(warning: .seconds(20), critical: .seconds(25), maximum: .seconds(30)),
        "tier1": DurationLimits(warning: .seconds(2)),
        "tier2": DurationLimits(warning: .seconds(5)),
        "tier3": DurationLimits(warning: .seconds(15)),
        "classification": DurationLimits(warning: .seconds(1)),
        "optimization": DurationLimits(warning: .milliseconds(500)),
    ]
    /// `monitor.thresholds.default`: the limits of all that has none of its own.
    public var standard = DurationLimits(warning: .seconds(10))
    /// `monitor.thresholds.transfer_rate`: bytes per second that a transfer's limits grant it on top; at least 1.
    public var transferRate: Int64 = 1_000_000

    /// Takes the defaults.
    public init() {}

    /// The limits of a kind, for an operation that moved so many bytes.
    public func limits(of kind: String, bytes: Int64 = 0) -> DurationLimits {
        var limits = self.kinds[kind] ?? self.standard
        guard Self.isTransfer(kind), bytes > 0 else { return limits }
        let allowance = Duration.seconds(Double(bytes) / Double(max(1, self.transferRate)))
        limits.warning += allowance
        limits.critical += allowance
        limits.maximum += allowance
        return limits
    }

    /// The time by which an operation is judged; `nil` where nothing can be said.
    ///
    /// - Parameters:
    ///   - kind: What it counts as.
    ///   - held: How long it has held its slot.
    ///   - stages: What its stages took; that of waiting does not count. They may overlap, and their sum is cut to
    ///     `held`.
    /// - Returns: For transfers the time of the stages; for all else `held`.
    public func judgedTime(of kind: String, held: Duration, stages: OperationStages) -> Duration? {
        guard Self.isTransfer(kind) else { return held }
        return stages.worked.map { min(held, $0) }
    }

    /// What the metric `duration_threshold_ratio` is of an operation that ended: its time over its limit of warning.
    ///
    /// - Returns: 1 at the limit; `nil` for what never ran or cannot be judged.
    public func ratio(of report: OperationReport) -> Double? {
        guard !report.isRefused, report.held > .zero,
            let time = self.judgedTime(of: report.kind, held: report.held, stages: report.stages)
        else { return nil }
        return time / self.limits(of: report.kind, bytes: report.bytes).warning
    }

    private static func isTransfer(_ kind: String) -> Bool {
        kind == OperationKind.upload.rawValue || kind == OperationKind.download.rawValue
    }
}

extension DurationThresholds {
    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var problems: [SettingProblem] = []
        let named = self.kinds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [("default", self.standard)]
        for (name, limits) in named {
            let key = "monitor.thresholds.\(name)"
            if limits.warning <= .zero {
                problems.append(SettingProblem("\(key).warning", got: "\(limits.warning)", takes: "more than 0s"))
            }
            if limits.critical < limits.warning {
                problems.append(
                    SettingProblem("\(key).critical", got: "\(limits.critical)", takes: "\(key).warning or more")
                )
            }
            if limits.maximum < limits.critical {
                problems.append(
                    SettingProblem("\(key).maximum", got: "\(limits.maximum)", takes: "\(key).critical or more")
                )
            }
        }
        if self.transferRate < 1 {
            problems.append(
                SettingProblem("monitor.thresholds.transfer_rate", got: "\(self.transferRate)", takes: "1 B or more")
            )
        }
        return problems
    }
}
