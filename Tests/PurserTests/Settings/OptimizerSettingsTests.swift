import Foundation
import Purser
import PurserTestSupport
import SystemPackage
import Testing

/// `optimizer.*` and `storage.track_access`.
@Suite struct OptimizerSettingsTests {
    private func read(_ flags: [String: String], file: String? = nil) async throws -> PurserConfiguration {
        let settings = try await SettingsReader(file: file, environment: [:], flags: flags)
        let configuration = PurserConfiguration(reading: settings)
        try settings.finish(ignoring: ["server.", "log."])
        return configuration
    }

    @Test func noFileGoesUnlessSomebodyAsksForIt() async throws {
        let optimizer = try await self.read([:]).optimizer
        #expect(optimizer.isEnabled)
        #expect(optimizer.enabledStrategies == [.deduplication, .compression, .collection, .verification])
        #expect(optimizer.age.maxFileAge == .seconds(30 * 86_400))
        #expect(optimizer.sizeLimit.maxStorageSize == 10_000_000_000)
        #expect(optimizer.deduplication.keepsOldestOnly.isEmpty)
        #expect(PurserConfiguration().optimizer.enabledStrategies == optimizer.enabledStrategies)
    }

    @Test func shippedSettingsRemoveNothingAndRunDaily() async throws {
        let file = URL(filePath: #filePath).appending(path: "../../../../config/purser.yaml").standardizedFileURL
        let shipped = try await self.read([:], file: file.path(percentEncoded: false)).optimizer
        #expect(shipped.isEnabled)
        #expect(shipped.enabledStrategies == [.deduplication, .compression, .collection, .verification])
        #expect(shipped.schedule.times == .cron(try CronExpression("0 3 * * *")))
        #expect(shipped.schedule.jitter == .seconds(1_800))
        #expect(shipped.deduplication.keepsOldestOnly.isEmpty)
    }

    @Test func everyKeyIsTaken() async throws {
        let configuration = try await self.read([
            "storage.track_access": "off", "optimizer.enabled": "false", "optimizer.min_age": "2h",
            "optimizer.age.enabled": "true", "optimizer.age.max_file_age": "none", "optimizer.age.basis": "accessed",
            "optimizer.age.rules":
                "[{bucket: scans, prefix: tmp/, content_types: [image/*], metadata: {kind: draft}, max_file_age: 7d}, "
                + "{prefix: keep/, max_file_age: none}]",
            "optimizer.size_limit.enabled": "true", "optimizer.size_limit.max_storage_size": "5GB",
            "optimizer.size_limit.low_mark": "4GB", "optimizer.size_limit.policy": "largest",
            "optimizer.size_limit.filter": "[{bucket: scans}]",
            "optimizer.size_limit.buckets": "[{bucket: scans, max_bytes: 1GB, low_mark: 500MB}]",
            "optimizer.deduplication.remove_duplicates": "[{bucket: scans, policy: keep_oldest}]",
            "optimizer.compression.codec": "gzip", "optimizer.compression.level": "9",
            "optimizer.compression.min_size": "1KiB", "optimizer.collection.enabled": "false",
            "optimizer.verification.period": "7d", "optimizer.schedule": "6h", "optimizer.jitter": "0s",
            "optimizer.window": "01:00-06:00", "optimizer.time_zone": "Europe/Berlin",
            "optimizer.after_ingest": "1GB", "optimizer.on_low_space": "false",
            "optimizer.throttle.bytes_per_second": "none", "optimizer.throttle.cpu": "0.25",
            "optimizer.throttle.memory": "64MiB", "optimizer.space.warning_percent": "70",
            "optimizer.space.critical_percent": "85", "optimizer.keep_runs": "10", "optimizer.keep_removals": "20",
            "optimizer.keep_removals_for": "30d",
        ])
        let optimizer = configuration.optimizer
        let scans = try BucketName("scans")
        #expect(configuration.storage.accessTracking == .off)
        #expect(!optimizer.isEnabled && optimizer.minAge == .seconds(7_200))
        #expect(optimizer.age.maxFileAge == nil && optimizer.age.basis == .accessed)
        #expect(optimizer.age.rules.map(\.maxFileAge) == [.seconds(7 * 86_400), nil])
        let filter = try #require(optimizer.age.rules.first).filter
        #expect(filter.bucket == scans && filter.prefix == "tmp/")
        #expect(filter.contentTypes == ["image/*"] && filter.metadata == ["kind": "draft"])
        #expect(optimizer.sizeLimit.lowMark == 4_000_000_000 && optimizer.sizeLimit.order == .largest)
        #expect(optimizer.sizeLimit.filter.bucket == scans)
        let limit = SizeLimitPolicy.BucketLimit(scans, maxBytes: 1_000_000_000, lowMark: 500_000_000)
        #expect(optimizer.sizeLimit.buckets == [limit])
        #expect(optimizer.deduplication.keepsOldestOnly == [scans])
        #expect(optimizer.compression.codec == "gzip" && optimizer.compression.level == 9)
        #expect(optimizer.enabledStrategies.contains(.age) && !optimizer.enabledStrategies.contains(.collection))
        #expect(optimizer.schedule.times == .interval(.seconds(6 * 3_600)))
        #expect(optimizer.schedule.window?.description == "01:00-06:00")
        #expect(optimizer.schedule.timeZone.identifier == "Europe/Berlin")
        #expect(optimizer.schedule.afterIngest == 1_000_000_000 && !optimizer.schedule.onLowSpace)
        #expect(optimizer.throttle.bytesPerSecond == nil && optimizer.throttle.cpuShare == 0.25)
        #expect(optimizer.space.warningPercent == 70 && optimizer.keptRemovals == 20)
    }

    @Test(arguments: [
        ("optimizer.size_limit.low_mark", "11GB"), ("optimizer.age.max_file_age", "-1d"),
        ("optimizer.age.max_file_age", "0s"), ("optimizer.schedule", "0 25 * * *"), ("optimizer.schedule", "5s"),
        ("optimizer.window", "6-7"), ("optimizer.time_zone", "Mars/Base"), ("optimizer.compression.codec", "rar"),
        ("optimizer.compression.level", "20"), ("optimizer.size_limit.policy", "random"),
        ("optimizer.throttle.cpu", "0"), ("optimizer.space.warning_percent", "95"),
        ("optimizer.age.rules", "[{max_file_age: 1d, colour: red}]"), ("optimizer.age.rules", "[{prefix: a}]"),
        ("optimizer.age.rules", "[{max_file_age: 1d, bucket: A}]"),
        ("optimizer.age.rules", "[{max_file_age: 1d, content_types: [png]}]"),
        ("optimizer.size_limit.filter", "[{bucket: aaa}, {bucket: bbb}]"),
        ("optimizer.deduplication.remove_duplicates", "[{bucket: aaa, policy: keep_newest}]"),
        ("optimizer.magic.enabled", "true"), ("storage.track_access", "daily"),
    ])
    func whatCannotBeIsRefusedByItsKey(_ key: String, _ value: String) async throws {
        let error = await #expect(throws: SettingsError.self) { _ = try await self.read([key: value]) }
        let problems = try #require(error).problems
        #expect(problems.count == 1 && problems.allSatisfy { $0.key.hasPrefix(key) }, "\(problems)")
    }

    @Test func whatIsWrittenIsReadAgain() async throws {
        let flags = [
            "optimizer.age.rules": "[{bucket: scans, max_file_age: 7d}, {prefix: keep/, max_file_age: none}]",
            "optimizer.schedule": "0 3 * * *", "optimizer.size_limit.buckets": "[{bucket: scans, max_bytes: 1GB}]",
        ]
        let settings = try await SettingsReader(file: nil, environment: [:], flags: flags)
        let once = PurserConfiguration(reading: settings).optimizer
        let written = settings.effective.filter { $0.key.hasPrefix("optimizer.") }
        let again = try await self.read(Dictionary(uniqueKeysWithValues: written.map { ($0.key, $0.text) })).optimizer
        #expect(once.age == again.age && once.schedule == again.schedule && once.sizeLimit == again.sizeLimit)
        #expect(once.age.rules.count == 2)
    }
}
