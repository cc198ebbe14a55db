import PurserOperations
import Testing

@testable import PurserMonitor

@Suite struct MemoryLevelsTests {
    private let million: Int64 = 1_000_000

    /// What crossings a series of residents, in millions of bytes, leads to.
    private func crossings(
        _ series: [Int64],
        limit: Int64? = nil,
        held: Int64? = nil,
        _ levels: inout MemoryLevels
    ) -> [[String]] {
        series.map { resident in
            var memory = MemoryFigures()
            memory.resident = resident * self.million
            memory.groupLimit = limit.map { $0 * self.million }
            memory.groupHeld = held.map { $0 * self.million }
            return levels.update(memory).map { "\($0.isEntered ? "+" : "-")\($0.level.rawValue)" }
        }
    }

    @Test func eachCrossingIsToldOnce() {
        var levels = MemoryLevels()
        let told = self.crossings(
            [399, 400, 900, 400, 361, 360, 359, 2_000, 2_500, 3_000, 2_999, 4_000, 5_000],
            &levels
        )
        #expect(
            told == [
                [], ["+elevated"], [], [], [], [], ["-elevated"], ["+elevated", "+warning"], [], ["+critical"], [],
                ["+exhausted"], [],
            ]
        )
        #expect(levels.level == .exhausted)
    }

    @Test func exhaustionLastsUntilBelowTheCriticalThreshold() {
        var levels = MemoryLevels()
        let told = self.crossings([4_000, 3_500, 3_000, 2_999, 2_700, 2_699, 1_799, 100], &levels)
        #expect(
            told == [
                ["+elevated", "+warning", "+critical", "+exhausted"], [], [], ["-exhausted"], [], ["-critical"],
                ["-warning"], ["-elevated"],
            ]
        )
        #expect(levels.level == .normal)
    }

    @Test func aFigureThatWaversIsToldOfOnce() {
        var levels = MemoryLevels()
        let told = self.crossings([2_001, 1_999, 2_001, 1_999, 2_001, 1_801], &levels)
        #expect(told.flatMap(\.self) == ["+elevated", "+warning"])
    }

    @Test func ninetyPercentOfTheGroupsLimitIsExhaustion() {
        var levels = MemoryLevels()
        let told = self.crossings([899, 900, 800, 676, 675, 674], limit: 1_000, &levels)
        #expect(told == [["+elevated"], ["+exhausted"], [], [], [], ["-exhausted"]])
        #expect(levels.level == .elevated)
    }

    @Test func whatChildrenHoldCountsAgainstTheGroupsLimit() {
        var levels = MemoryLevels()
        let full = self.crossings([100], limit: 1_000, held: 950, &levels)
        let empty = self.crossings([100], limit: 1_000, held: 100, &levels)
        // Without a limit they are not this process's.
        let unlimited = self.crossings([100], held: 9_000, &levels)
        #expect(full == [["+exhausted"]] && empty == [["-exhausted"]] && unlimited == [[]])
    }

    @Test func aLargeGroupChangesNothing() {
        var levels = MemoryLevels()
        let told = self.crossings([3_999, 4_000], limit: 64_000, &levels)
        #expect(told.last == ["+exhausted"])
    }

    @Test func aCrossingTellsItsFigures() throws {
        var levels = MemoryLevels()
        var memory = MemoryFigures()
        memory.resident = 500 * self.million
        let crossings = levels.update(memory)
        let crossing = try #require(crossings.first)
        #expect(crossing.bytes == 500 * self.million && crossing.threshold == 400 * self.million)
    }

    @Test func nothingChangesWithoutAFigure() {
        var levels = MemoryLevels()
        _ = self.crossings([2_500], &levels)
        let told = levels.update(MemoryFigures())
        #expect(told.isEmpty)
        #expect(levels.level == .warning)
    }

    @Test func levelsSayWhatIsAdmitted() {
        #expect(
            MemoryLevel.allCases.map(\.admission) == [.normal, .normal, .normal, .halved, .deletesOnly]
        )
    }

    @Test func theConfigurationNamesAllThatIsWrong() {
        var configuration = MemoryConfiguration()
        #expect(configuration.problems().isEmpty)
        configuration.elevatedBytes = 0
        configuration.criticalBytes = configuration.exhaustedBytes
        configuration.warningBytes = -1
        configuration.groupPercent = .nan
        configuration.hysteresisPercent = 51
        #expect(
            configuration.problems().map(\.key) == [
                "monitor.memory.elevated", "monitor.memory.warning", "monitor.memory.exhausted",
                "monitor.memory.group_percent", "monitor.memory.hysteresis_percent",
            ]
        )
    }

    @Test func memoryThatWasFreedCanBeGivenBack() {
        // Many small pieces, so that the library keeps them when they are freed.
        var pieces = (0..<20_000).map { [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 2_048) }
        #expect(pieces.count == 20_000)
        pieces = []
        #if canImport(Glibc)
        #expect(MemoryTrim.trim())
        #endif
    }
}
