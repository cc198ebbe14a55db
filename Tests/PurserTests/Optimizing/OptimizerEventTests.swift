import Foundation
import Purser
import PurserTestSupport
import Testing

/// What people are told of the optimizer.
@Suite struct OptimizerEventTests {
    @Test func spaceIsAnAlertOfTheHighestDegreeUntilThereIsRoom() async throws {
        try await withManager { manager, _ in
            func firing() -> [String] { manager.alerts(in: [.firing]).map(\.rule).sorted() }
            #expect(firing().isEmpty)
            manager.monitor.note(.spaceLevel(.warning, used: 81, of: 100))
            #expect(firing() == ["store_space_warning"])
            let alert = try #require(manager.alerts(in: [.firing]).first)
            #expect(alert.severity == .warning && alert.message.contains("81 of 100"))
            manager.monitor.note(.spaceLevel(.critical, used: 91, of: 100))
            #expect(firing().contains("store_space_critical"))
            manager.monitor.note(.spaceLevel(.warning, used: 85, of: 100))
            #expect(firing() == ["store_space_warning"])
            manager.monitor.note(.spaceLevel(.ok, used: 10, of: 100))
            #expect(firing().isEmpty)
        }
    }

    @Test func countsThatWereMendedAreAnError() async throws {
        try await withManager { manager, _ in
            manager.monitor.note(.countsRepaired(3))
            let entry = try #require(manager.errors(code: "counts_repaired").first)
            #expect(entry.context["count"] == "3" && entry.recovery == .recovered)
        }
    }

    @Test func libraryOptimizesWithoutAService() async throws {
        try await withManager { configuration in
            configuration.optimizer.throttle.cpuShare = nil
        } _: { manager, _ in
            let bytes = Array(String(repeating: "the same words again and again\n", count: 5_000).utf8)
            try await manager.upload(to: "default", key: "a", bytes: bytes)
            let dry = try await manager.optimizeStorage([.compression], dryRun: true)
            #expect(try #require(manager.systemMetrics().storageFigures.compressionRatio) == 1)
            let report = try await manager.optimizeStorage([.compression])
            #expect(report.state == .succeeded && report.spaceSavedBytes > 100_000)
            #expect(dry.spaceSavedBytes == report.spaceSavedBytes)
            let figures = try manager.systemMetrics().storageFigures
            #expect(try #require(figures.compressionRatio) > 10)
            let stats = try await manager.storageOptimizationStats()
            #expect(stats.savings[.compression] == report.spaceSavedBytes)
            try await manager.delete(from: .default, key: FileKey("a"))
            #expect(try manager.systemMetrics().storageFigures.reclaimableBytes > 0)
        }
    }
}
