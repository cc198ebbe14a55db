import Foundation
import Testing

@testable import PurserCatalog

@Suite
struct RollupTests {
    private static let start = Date(timeIntervalSince1970: 1_700_000_040)  // the first moment of a minute

    private func rollup(
        _ metric: String = "cpu_usage",
        _ period: RollupPeriod = .minute,
        minute: Int = 0,
        count: Int64 = 2
    ) -> MetricRollup {
        MetricRollup(
            metric: metric,
            period: period,
            start: Self.start.addingTimeInterval(Double(60 * minute)),
            count: count,
            sum: 3.5,
            min: -0.25,
            max: 3.75,
            histogram: [1, 0, 255]
        )
    }

    private func all(_ catalog: Catalog, _ metric: String = "cpu_usage") throws -> [MetricRollup] {
        try catalog.rollups(metric: metric, from: .distantPast, to: .distantFuture, period: .minute)
    }

    @Test
    func rowsComeBackAsTheyWereWritten() async throws {
        try await CatalogFixture.run { catalog in
            let rows = [self.rollup(), self.rollup(minute: 1), self.rollup("disk_io", minute: 1)]
            try await catalog.append(rollups: rows)
            #expect(try self.all(catalog) == Array(rows.prefix(2)))
            #expect(try self.all(catalog, "disk_io") == [rows[2]])
            #expect(try self.all(catalog, "unknown").isEmpty)
        }
    }

    @Test
    func writingAgainReplaces() async throws {
        try await CatalogFixture.run { catalog in
            try await catalog.append(rollups: [self.rollup()])
            try await catalog.append(rollups: [self.rollup(count: 9)])
            #expect(try self.all(catalog).map(\.count) == [9])
        }
    }

    @Test
    func boundsAreHalfOpenAndLimited() async throws {
        try await CatalogFixture.run { catalog in
            try await catalog.append(rollups: (0..<5).map { self.rollup(minute: $0) })
            let from = Self.start.addingTimeInterval(60)
            let some = try catalog.rollups(
                metric: "cpu_usage",
                from: from,
                to: from.addingTimeInterval(120),
                period: .minute
            )
            #expect(some.map(\.start) == [from, from.addingTimeInterval(60)])
            let first = try catalog.rollups(
                metric: "cpu_usage",
                from: from,
                to: .distantFuture,
                period: .minute,
                limit: 1
            )
            #expect(first.map(\.start) == [from])
        }
    }

    @Test
    func periodsAreApart() async throws {
        try await CatalogFixture.run { catalog in
            try await catalog.append(rollups: [self.rollup(), self.rollup("disk_io", .hour)])
            let names = { (period: RollupPeriod) in
                try catalog.rolledUpMetrics(from: .distantPast, to: .distantFuture, period: period)
            }
            #expect(try names(.minute) == ["cpu_usage"])
            #expect(try names(.hour) == ["disk_io"])
            #expect(try catalog.firstRollup(.minute, from: .distantPast) == Self.start)
            #expect(try catalog.firstRollup(.minute, from: Self.start.addingTimeInterval(1)) == nil)
        }
    }

    @Test
    func pruningTakesSlicesAndStopsAtTheTimeGiven() async throws {
        try await CatalogFixture.run { catalog in
            try await catalog.append(rollups: (0..<150).map { self.rollup(minute: $0) })
            try await catalog.append(rollups: [self.rollup("cpu_usage", .hour)])
            let before = Self.start.addingTimeInterval(60 * 100)
            #expect(try await catalog.pruneRollups(.minute, before: before))
            #expect(try self.all(catalog).count == 90)
            #expect(try await catalog.pruneRollups(.minute, before: before))
            #expect(try self.all(catalog).count == 50)
            #expect(try await catalog.pruneRollups(.minute, before: before) == false)
            #expect(try self.all(catalog).first?.start == before)
            #expect(try catalog.firstRollup(.hour, from: .distantPast) == Self.start)
        }
    }

    @Test
    func rowWithoutSamplesIsRefusedAndNothingOfItsBatchStays() async throws {
        try await CatalogFixture.run { catalog in
            await expectError(.internalFailure) {
                try await catalog.append(rollups: [self.rollup(), self.rollup(minute: 1, count: 0)])
            }
            let rows = try self.all(catalog)
            #expect(rows.isEmpty)
        }
    }

    @Test
    func documentsAreKeptByName() async throws {
        try await CatalogFixture.inFolder { folder in
            let catalog = try CatalogFixture.open(folder + "/catalog.sqlite")
            #expect(try catalog.monitorState("a") == nil)
            try await catalog.setMonitorState("a", "{}")
            try await catalog.setMonitorState("b", "[]")
            try await catalog.setMonitorState("a", "{\"x\":1}")
            try await catalog.close()
            let again = try CatalogFixture.open(folder + "/catalog.sqlite")
            #expect(try again.monitorState("a") == "{\"x\":1}")
            #expect(try again.monitorState("b") == "[]")
            try await again.close()
        }
    }
}
