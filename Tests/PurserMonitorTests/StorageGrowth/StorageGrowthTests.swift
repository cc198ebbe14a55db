import Foundation
import Logging
import PurserCatalog
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserMonitor

@Suite struct StorageGrowthTests {
    private static func hour(_ hour: Int, minute: Int = 0) -> Date {
        Date(timeIntervalSince1970: 1_800_000_000 + Double(hour * 3_600 + minute * 60))
    }

    /// A store that grows by so much per hour.
    private func growth(hours: Int, perHour: Int64, from bytes: Int64 = 1_000_000) -> StorageGrowth {
        var growth = StorageGrowth()
        for hour in 0...hours { _ = growth.note(bytes: bytes + Int64(hour) * perHour, at: Self.hour(hour)) }
        return growth
    }

    @Test func steadyGrowthIsToldPerDay() throws {
        let growth = self.growth(hours: 48, perHour: 1_000)
        #expect(abs(try #require(growth.bytesPerDay) - 24_000) < 0.01)
        #expect(abs(try #require(growth.daysUntilFull(availableBytes: 240_000)) - 10) < 0.01)
        #expect(growth.daysUntilFull(availableBytes: -5) == 0)
    }

    @Test func thereIsNoGrowthBeforeThereIsEvidence() {
        #expect(StorageGrowth().bytesPerDay == nil)
        #expect(self.growth(hours: 23, perHour: 1_000).bytesPerDay == nil)
        #expect(self.growth(hours: 24, perHour: 1_000).bytesPerDay != nil)
        #expect(self.growth(hours: 23, perHour: 1_000).daysUntilFull(availableBytes: 5) == nil)
    }

    @Test func whatDoesNotGrowIsNeverFull() throws {
        let shrinking = self.growth(hours: 30, perHour: -1_000)
        #expect(try #require(shrinking.bytesPerDay) < 0)
        #expect(shrinking.daysUntilFull(availableBytes: 5) == nil)
        #expect(self.growth(hours: 30, perHour: 0).daysUntilFull(availableBytes: 5) == nil)
    }

    @Test func onlyTheLatestWeekCounts() throws {
        var growth = self.growth(hours: 400, perHour: 1_000)
        for hour in 401...600 { _ = growth.note(bytes: 1_400_000, at: Self.hour(hour)) }
        #expect(abs(try #require(growth.bytesPerDay)) < 0.01)
    }

    @Test func anHourHasOneEntryAndThereAreNeverTooMany() {
        var growth = StorageGrowth()
        let isFirstNew = growth.note(bytes: 1, at: Self.hour(0))
        let isSecondNew = growth.note(bytes: 2, at: Self.hour(0, minute: 30))
        #expect(isFirstNew && !isSecondNew)
        #expect(growth.entries.map(\.bytes) == [2])
        for hour in 1...2_000 { _ = growth.note(bytes: Int64(hour), at: Self.hour(hour)) }
        #expect(growth.entries.count == StorageGrowth.capacity)
        #expect(growth.entries.last?.bytes == 2_000)
    }

    @Test func aClockThatWasWrongLeavesNothingBehind() throws {
        var growth = self.growth(hours: 48, perHour: 1_000)
        _ = growth.note(bytes: 0, at: Self.hour(100_000))
        _ = growth.note(bytes: 1_049_000, at: Self.hour(49))
        #expect(growth.entries.count == 50)
        #expect(abs(try #require(growth.bytesPerDay) - 24_000) < 0.01)
        for seconds in [Double.nan, .infinity, -.infinity, 1e300] {
            _ = growth.note(bytes: 5, at: Date(timeIntervalSince1970: seconds))
        }
        #expect(growth.entries.count == 50)
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"entries":[{"hour":5,"bytes":1},{"hour":5,"bytes":2}]}"#,
        #"{"entries":[{"hour":5,"bytes":-1}]}"#, #"{"entries":[{"hour":99999999999999,"bytes":1}]}"#,
    ])
    func aDamagedDocumentIsLeftOut(_ document: String) {
        #expect(StorageGrowth(document: document) == nil)
    }

    @Test func theGrowthOutlivesARestart() async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("catalog.sqlite").string
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let first = try Catalog.open(at: path, logger: logger)
            let keeper = try GrowthKeeper(first)
            var totals = CatalogTotals()
            for hour in 0...30 {
                totals.physicalBytes = Int64(hour) * 1_000
                try await keeper.note(totals, at: Self.hour(hour))
                try await keeper.note(totals, at: Self.hour(hour, minute: 1))
            }
            // Written once an hour.
            #expect(first.metrics().items == 31)
            try await first.close()

            let second = try Catalog.open(at: path, logger: logger)
            let figures = try GrowthKeeper(second).figures(totals, availableBytes: 48_000)
            #expect(abs(try #require(figures.growthBytesPerDay) - 24_000) < 0.01)
            #expect(abs(try #require(figures.daysUntilFull) - 2) < 0.01)
            try await second.setMonitorState(GrowthKeeper.document, "nonsense")
            #expect(try GrowthKeeper(second).figures(totals, availableBytes: nil).growthBytesPerDay == nil)
            try await second.close()
        }
    }

    @Test func ratiosComeFromTheCounters() {
        var totals = CatalogTotals()
        #expect(StorageFigures(totals).dedupRatio == nil)
        #expect(StorageFigures(totals).compressionRatio == nil)
        totals.logicalBytes = 3_000
        totals.distinctBytes = 1_000
        totals.physicalBytes = 700
        totals.reclaimableBytes = 200
        let figures = StorageFigures(totals, availableBytes: 5)
        #expect(figures.dedupRatio == 3)
        #expect(figures.compressionRatio == 2)
        #expect(figures.reclaimableBytes == 200)
        #expect(figures.growthBytesPerDay == nil && figures.daysUntilFull == nil)
    }
}
