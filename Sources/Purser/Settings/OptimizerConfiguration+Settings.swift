import Foundation
import PurserIdentifiers
import PurserOperations
import PurserOptimizer

extension OptimizerConfiguration {
    static let longestAge = Duration.seconds(100 * 365 * 86_400)

    init(reading settings: SettingsReader) {
        self.init()
        self.isEnabled = settings.boolean("optimizer.enabled", default: self.isEnabled)
        self.minAge = settings.duration("optimizer.min_age", default: self.minAge, in: .zero...Self.longestAge)
        self.age.read(settings)
        self.sizeLimit.read(settings)
        self.deduplication.read(settings)
        self.compression.read(settings)
        self.collection.isEnabled = settings.boolean(
            "optimizer.collection.enabled",
            default: self.collection.isEnabled
        )
        self.verification.isEnabled = settings.boolean(
            "optimizer.verification.enabled",
            default: self.verification.isEnabled
        )
        self.verification.period = settings.duration(
            "optimizer.verification.period",
            default: self.verification.period,
            in: .seconds(3_600)...Self.longestAge
        )
        self.schedule.read(settings)
        self.throttle.read(settings)
        self.space.warningPercent = settings.percent(
            "optimizer.space.warning_percent",
            default: self.space.warningPercent
        )
        self.space.criticalPercent = settings.percent(
            "optimizer.space.critical_percent",
            default: self.space.criticalPercent
        )
        self.keptRuns = settings.integer("optimizer.keep_runs", default: self.keptRuns, in: 1...1_000_000)
        self.keptRemovals = settings.integer(
            "optimizer.keep_removals",
            default: self.keptRemovals,
            in: 0...1_000_000_000
        )
        self.removalsKeptFor = settings.duration(
            "optimizer.keep_removals_for",
            default: self.removalsKeptFor,
            in: .zero...Self.longestAge
        )
        for problem in self.problems() {
            settings.refuse(problem.key, got: problem.got, accepts: problem.takes)
        }
    }
}

extension AgePolicy {
    fileprivate mutating func read(_ settings: SettingsReader) {
        self.isEnabled = settings.boolean("optimizer.age.enabled", default: self.isEnabled)
        self.maxFileAge = settings.optionalDuration(
            "optimizer.age.max_file_age",
            default: self.maxFileAge,
            in: .milliseconds(1)...OptimizerConfiguration.longestAge
        )
        self.basis = settings.choice("optimizer.age.basis", default: self.basis)
        self.rules = settings.list("optimizer.age.rules", of: AgeRuleSetting.self).map(\.rule)
    }
}

extension SizeLimitPolicy {
    fileprivate mutating func read(_ settings: SettingsReader) {
        let anyLimit: ClosedRange<Int64> = 1...(1 << 60)
        self.isEnabled = settings.boolean("optimizer.size_limit.enabled", default: self.isEnabled)
        self.maxStorageSize = settings.bytes(
            "optimizer.size_limit.max_storage_size",
            default: self.maxStorageSize,
            in: anyLimit
        )
        self.lowMark = settings.optionalBytes("optimizer.size_limit.low_mark", none: "auto", in: 0...(1 << 60))
        self.order = settings.choice("optimizer.size_limit.policy", default: self.order)
        let filters = settings.list("optimizer.size_limit.filter", of: FileFilterSetting.self)
        if filters.count > 1 {
            settings.refuse("optimizer.size_limit.filter", got: "\(filters.count) filters", accepts: "one at most")
        }
        self.filter = filters.first?.filter ?? FileFilter()
        self.buckets = settings.list("optimizer.size_limit.buckets", of: BucketLimitSetting.self).map(\.limit)
    }
}

extension DeduplicationPolicy {
    fileprivate mutating func read(_ settings: SettingsReader) {
        self.isEnabled = settings.boolean("optimizer.deduplication.enabled", default: self.isEnabled)
        let buckets = settings.list("optimizer.deduplication.remove_duplicates", of: DuplicateSetting.self)
        self.keepsOldestOnly = Set(buckets.map(\.bucket.name))
    }
}

extension CompressionPolicy {
    fileprivate mutating func read(_ settings: SettingsReader) {
        self.isEnabled = settings.boolean("optimizer.compression.enabled", default: self.isEnabled)
        self.codec = settings.text("optimizer.compression.codec", default: self.codec)
        self.level = settings.read(
            "optimizer.compression.level",
            default: self.level,
            accepts: "'auto' or a whole number: 1 to 19 for zstd, 1 to 9 for gzip",
            write: { $0.map { "\($0)" } ?? "auto" },
            parse: { text in
                if text == "auto" { return .some(nil) }
                return Int(text).map { .some($0) }
            }
        )
        self.minSize = settings.bytes("optimizer.compression.min_size", default: self.minSize, in: 1...(1 << 50))
    }
}

extension RunSchedule {
    fileprivate mutating func read(_ settings: SettingsReader) {
        self.times = settings.read(
            "optimizer.schedule",
            default: self.times,
            accepts: "'none', a cron expression such as '0 3 * * *', or an interval such as 6h, at least 60s",
            write: { times in
                switch times {
                case .cron(let cron): cron.description
                case .interval(let interval): DurationText.exact(interval)
                case nil: "none"
                }
            },
            parse: { text in
                if text == "none" { return .some(nil) }
                if let interval = DurationText.parse(text) {
                    return interval >= .seconds(60) ? .some(.interval(interval)) : nil
                }
                // What is no cron expression is refused with what it takes.
                return (try? CronExpression(text)).map { .some(.cron($0)) }
            }
        )
        self.jitter = settings.duration("optimizer.jitter", default: self.jitter, in: .zero ... .seconds(43_200))
        self.window = settings.read(
            "optimizer.window",
            default: self.window,
            accepts: "'none' or hours such as 01:00-06:00",
            write: { $0?.description ?? "none" },
            parse: { text in
                if text == "none" { return .some(nil) }
                // What is no window is refused with what it takes.
                return (try? DailyWindow(text)).map { .some($0) }
            }
        )
        let machine = self.timeZone
        self.timeZone = settings.read(
            "optimizer.time_zone",
            default: machine,
            accepts: "'local' or a time zone such as Europe/Berlin",
            write: { $0 == machine ? "local" : $0.identifier },
            parse: { $0 == "local" ? machine : TimeZone(identifier: $0) }
        )
        self.afterIngest = settings.optionalBytes("optimizer.after_ingest", none: "none", in: (1 << 20)...(1 << 60))
        self.onLowSpace = settings.boolean("optimizer.on_low_space", default: self.onLowSpace)
    }
}

extension RunThrottle {
    fileprivate mutating func read(_ settings: SettingsReader) {
        let rates: ClosedRange<Int64> = 65_536...(1 << 50)
        self.bytesPerSecond = settings.read(
            "optimizer.throttle.bytes_per_second",
            default: self.bytesPerSecond,
            accepts: "'none' or bytes a second such as 64MB, at least 64KiB",
            write: { $0.map(ByteSize.exact) ?? "none" },
            parse: { text in
                if text == "none" { return .some(nil) }
                return ByteSize.parse(text).flatMap { rates.contains($0) ? .some($0) : nil }
            }
        )
        self.cpuShare = settings.read(
            "optimizer.throttle.cpu",
            default: self.cpuShare,
            accepts: "'none' or a share of one core above 0, such as 0.5",
            write: { $0.map { "\($0)" } ?? "none" },
            parse: { text in
                if text == "none" { return .some(nil) }
                return Double(text).flatMap { $0 > 0 && $0.isFinite ? .some($0) : nil }
            }
        )
        self.memory = Int(
            settings.bytes("optimizer.throttle.memory", default: Int64(self.memory), in: (1 << 20)...(1 << 40))
        )
    }
}

extension SettingsReader {
    /// Reads a duration, or `none`.
    fileprivate func optionalDuration(
        _ key: String,
        default fallback: Duration?,
        in range: ClosedRange<Duration>
    ) -> Duration? {
        self.read(
            key,
            default: fallback,
            accepts: "'none' or a duration such as 30d, above 0s",
            write: { $0.map(DurationText.exact) ?? "none" },
            parse: { text in
                if text == "none" { return .some(nil) }
                return DurationText.parse(text).flatMap { range.contains($0) ? .some($0) : nil }
            }
        )
    }
}
