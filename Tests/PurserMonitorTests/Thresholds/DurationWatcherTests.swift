import Foundation
import PurserIdentifiers
import PurserMonitor
import PurserOperations
import Testing

@Suite
struct DurationWatcherTests {
    private let id = OperationID()

    private func running(_ seconds: Double, kind: String = "process") -> [RunningOperation] {
        [RunningOperation(id: self.id, kind: kind, elapsed: .seconds(seconds))]
    }

    @Test
    func eachLevelIsToldOnce() {
        var watcher = DurationWatcher(DurationThresholds())
        var told: [DurationLevel] = []
        for second in 1...40 { told += watcher.look(at: self.running(Double(second))).map(\.level) }
        #expect(told == [.warning, .critical, .maximum])
    }

    @Test
    func crossingSaysWhatAndWhichLimit() throws {
        var watcher = DurationWatcher(DurationThresholds())
        let crossing = try #require(watcher.look(at: self.running(21)).first)
        #expect(crossing.operation == self.id)
        #expect(crossing.kind == "process")
        #expect(crossing.elapsed == .seconds(21))
        #expect(crossing.limit == .seconds(20))
        #expect(!crossing.cancels)
    }

    @Test
    func severalLimitsAtOnceAreToldWithTheHighest() {
        var watcher = DurationWatcher(DurationThresholds())
        #expect(watcher.look(at: self.running(31)).map(\.level) == [.maximum])
        #expect(watcher.look(at: self.running(32)).isEmpty)
    }

    @Test
    func onlyAKindThatSaysSoIsCancelled() {
        var thresholds = DurationThresholds()
        thresholds.kinds["process"]?.cancelsAtMaximum = true
        var watcher = DurationWatcher(thresholds)
        #expect(watcher.look(at: self.running(26)).map(\.cancels) == [false])
        #expect(watcher.look(at: self.running(31)).map(\.cancels) == [true])
    }

    @Test
    func endIsJudgedToo() {
        var watcher = DurationWatcher(DurationThresholds())
        #expect(watcher.note(.ended(kind: "tier1", held: .seconds(1))) == nil)
        let crossing = watcher.note(.ended(id: self.id, kind: "tier1", held: .seconds(4)))
        #expect(crossing?.level == .maximum)
        #expect(crossing?.cancels == false)
    }

    @Test
    func endAndLateLookTellNothingTwice() {
        var watcher = DurationWatcher(DurationThresholds())
        #expect(watcher.look(at: self.running(21)).count == 1)
        #expect(watcher.look(at: []).isEmpty)
        #expect(watcher.note(.ended(id: self.id, held: .seconds(21.5))) == nil)
        #expect(watcher.look(at: self.running(21.2)).isEmpty)
    }

    @Test
    func operationUnseenForLongIsForgotten() {
        var watcher = DurationWatcher(DurationThresholds())
        #expect(watcher.look(at: self.running(21)).count == 1)
        for _ in 0..<60 { _ = watcher.look(at: []) }
        #expect(watcher.look(at: self.running(21)).isEmpty)
        for _ in 0..<61 { _ = watcher.look(at: []) }
        #expect(watcher.look(at: self.running(21)).count == 1)
    }

    @Test
    func refusedOperationIsNotJudged() {
        var watcher = DurationWatcher(DurationThresholds())
        var report = OperationReport.ended(state: .failed, held: .zero)
        report.isRefused = true
        report.waited = .seconds(100)
        #expect(watcher.note(report) == nil)
    }
}
