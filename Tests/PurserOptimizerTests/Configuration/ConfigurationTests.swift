import SystemPackage
import Synchronization
import PurserTestSupport
import PurserStore
import PurserCatalog
import PurserBlobs
import NIOCore
import Foundation
import PurserIdentifiers
import PurserOperations
import PurserOptimizer
import Testing

@Suite
struct ConfigurationTests {
    @Test
    func defaultsCanBe() {
        let configuration = OptimizerConfiguration()
        #expect(configuration.problems().isEmpty)
        #expect(configuration.enabledStrategies == [.deduplication, .compression, .collection, .verification])
        #expect(configuration.age.maxFileAge == .seconds(30 * 86_400) && configuration.age.basis == .modified)
        #expect(configuration.schedule.times == (try? CronExpression("0 3 * * *")).map(Schedule.cron))
    }

    private static let impossible: [(String, @Sendable (inout OptimizerConfiguration) -> Void)] = [
        ("optimizer.min_age", { $0.minAge = .seconds(-1) }),
        ("optimizer.age.max_file_age", { $0.age.maxFileAge = .seconds(-5) }),
        ("optimizer.age.rules[0].max_file_age", { $0.age.rules = [.init(FileFilter(), maxFileAge: .zero)] }),
        (
            "optimizer.age.rules[0].content_types",
            {
                var filter = FileFilter()
                filter.contentTypes = ["png"]
                $0.age.rules = [.init(filter, maxFileAge: nil)]
            }
        ),
        ("optimizer.size_limit.low_mark", { $0.sizeLimit.lowMark = $0.sizeLimit.maxStorageSize }),
        ("optimizer.size_limit.max_storage_size", { $0.sizeLimit.maxStorageSize = 0 }),
        ("optimizer.size_limit.filter.metadata", { $0.sizeLimit.filter.metadata = ["Upper": "x"] }),
        (
            "optimizer.size_limit.buckets[0].low_mark",
            { $0.sizeLimit.buckets = [.init(.default, maxBytes: 10, lowMark: 11)] }
        ),
        ("optimizer.compression.codec", { $0.compression.codec = "lz4" }),
        ("optimizer.compression.level", { $0.compression.level = 20 }),
        ("optimizer.compression.min_size", { $0.compression.minSize = 0 }),
        ("optimizer.verification.period", { $0.verification.period = .seconds(1) }),
        ("optimizer.jitter", { $0.schedule.jitter = .seconds(-1) }),
        ("optimizer.schedule", { $0.schedule.times = .interval(.seconds(1)) }),
        ("optimizer.after_ingest", { $0.schedule.afterIngest = 1 }),
        ("optimizer.throttle.bytes_per_second", { $0.throttle.bytesPerSecond = 0 }),
        ("optimizer.throttle.cpu", { $0.throttle.cpuShare = .nan }),
        ("optimizer.throttle.memory", { $0.throttle.memory = 1 }),
        ("optimizer.space.warning_percent", { $0.space.warningPercent = 95 }),
        ("optimizer.space.critical_percent", { $0.space.criticalPercent = 101 }),
        ("optimizer.keep_runs", { $0.keptRuns = 0 }),
        ("optimizer.keep_removals", { $0.keptRemovals = -1 }),
        ("optimizer.keep_removals_for", { $0.removalsKeptFor = .seconds(-1) }),
    ]

    @Test(arguments: impossible.indices)
    func whatCannotBeIsNamed(_ index: Int) {
        var configuration = OptimizerConfiguration()
        Self.impossible[index].1(&configuration)
        #expect(configuration.problems().map(\.key) == [Self.impossible[index].0])
    }

    @Test
    func everyProblemIsTold() {
        var configuration = OptimizerConfiguration()
        configuration.minAge = .seconds(-1)
        configuration.keptRuns = 0
        #expect(configuration.problems().count == 2)
    }
}
