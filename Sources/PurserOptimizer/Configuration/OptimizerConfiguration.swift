public import Foundation
public import PurserOperations

/// What the optimizer does, and when.
///
/// The strategies that are enabled are those of a run that names none. As built in, those that remove files are not among
/// them: a run removes files only where it asks for the strategy by its name, or where that was switched on.
public struct OptimizerConfiguration: Sendable {
    /// `optimizer.enabled`: whether it runs by itself.
    public var isEnabled = true
    /// `optimizer.min_age`: files that were written less than this ago are never removed; not negative.
    public var minAge = Duration.seconds(3_600)
    /// `optimizer.age`.
    public var age = AgePolicy()
    /// `optimizer.size_limit`.
    public var sizeLimit = SizeLimitPolicy()
    /// `optimizer.deduplication`.
    public var deduplication = DeduplicationPolicy()
    /// `optimizer.compression`.
    public var compression = CompressionPolicy()
    /// `optimizer.collection`.
    public var collection = CollectionPolicy()
    /// `optimizer.verification`.
    public var verification = VerificationPolicy()
    /// `optimizer.schedule`, `optimizer.window` and what else starts a run.
    public var schedule = RunSchedule()
    /// `optimizer.throttle`: how fast it goes.
    public var throttle = RunThrottle()
    /// `optimizer.space`: when the store counts as full.
    public var space = SpacePolicy()
    /// `optimizer.keep_runs`: reports that are kept, the newest; at least 1.
    public var keptRuns = 1_000
    /// `optimizer.keep_removals`: entries of the audit trail that are kept, the newest; at least 0.
    public var keptRemovals = 1_000_000
    /// `optimizer.keep_removals_for`: how long entries of the audit trail are kept; not negative.
    public var removalsKeptFor = Duration.seconds(365 * 86_400)

    /// The defaults.
    public init() {}

    /// The strategies of a run that names none, in the order in which they run.
    public var enabledStrategies: [StrategyName] {
        StrategyName.allCases.filter { strategy in
            switch strategy {
            case .age: self.age.isEnabled
            case .sizeLimit: self.sizeLimit.isEnabled
            case .deduplication: self.deduplication.isEnabled
            case .compression: self.compression.isEnabled
            case .collection: self.collection.isEnabled
            case .verification: self.verification.isEnabled
            }
        }
    }

    /// Everything that is wrong with these settings; empty when they can be.
    public func problems() -> [SettingProblem] {
        var check = SettingCheck()
        check.expect(self.minAge >= .zero, "min_age", self.minAge, "0s or more")
        self.age.check(&check)
        self.sizeLimit.check(&check)
        self.compression.check(&check)
        self.verification.check(&check)
        self.schedule.check(&check)
        self.throttle.check(&check)
        self.space.check(&check)
        check.expect(self.keptRuns >= 1, "keep_runs", self.keptRuns, "1 or more")
        check.expect(self.keptRemovals >= 0, "keep_removals", self.keptRemovals, "0 or more")
        check.expect(self.removalsKeptFor >= .zero, "keep_removals_for", self.removalsKeptFor, "0s or more")
        return check.problems
    }
}

/// When runs start by themselves, and in which hours.
public struct RunSchedule: Sendable, Hashable {
    /// `optimizer.schedule`: a cron expression or an interval, daily at 3 o'clock; `nil` is never.
    public var times: Schedule? = (try? CronExpression("0 3 * * *")).map(Schedule.cron)
    /// `optimizer.jitter`: how far a time is moved at random, earlier or later; 0 s to 12 h.
    public var jitter = Duration.seconds(1_800)
    /// `optimizer.window`: the hours in which runs that start by themselves work.
    ///
    /// Outside them they pause; `nil` is always.
    public var window: DailyWindow?
    /// `optimizer.time_zone`: where the clocks of schedule and window are.
    public var timeZone = TimeZone.current
    /// `optimizer.after_ingest`: bytes of uploads after which a run starts; at least 1 MiB, none where `nil`.
    public var afterIngest: Int64?
    /// `optimizer.on_low_space`: whether a run starts at once when the store is critically full.
    public var onLowSpace = true

    /// The defaults.
    public init() {}

    func check(_ check: inout SettingCheck) {
        check.expect((.zero ... .seconds(43_200)).contains(self.jitter), "jitter", self.jitter, "0s to 12h")
        if case .interval(let interval) = self.times {
            check.expect(interval >= .seconds(60), "schedule", interval, "a cron expression, or 60s or more")
        }
        if let afterIngest {
            check.expect(afterIngest >= 1 << 20, "after_ingest", afterIngest, "1 MiB or more, or none")
        }
    }
}

/// How fast runs go.
public struct RunThrottle: Sendable, Hashable {
    /// `optimizer.throttle.bytes_per_second`: bytes read and written per second; at least 64 KiB, no limit where `nil`.
    public var bytesPerSecond: Int64? = 64_000_000
    /// `optimizer.throttle.cpu`: the share of one core that a run takes; above 0, no limit where `nil`.
    public var cpuShare: Double? = 0.5
    /// `optimizer.throttle.memory`: bytes of memory that a piece of a run reserves; at least 1 MiB.
    public var memory = 32 << 20

    /// The defaults.
    public init() {}

    func check(_ check: inout SettingCheck) {
        if let rate = self.bytesPerSecond {
            check.expect(rate >= 65_536, "throttle.bytes_per_second", rate, "64 KiB or more, or none")
        }
        if let share = self.cpuShare {
            check.expect(share.isFinite && share > 0, "throttle.cpu", share, "a number above 0, or none")
        }
        check.expect(self.memory >= 1 << 20, "throttle.memory", self.memory, "1 MiB or more")
    }
}
