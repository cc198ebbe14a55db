import Foundation
import Synchronization

extension Operation {
    /// How long it waited for its slot, so far where it still waits.
    public var waited: Duration { self.progress.withLock { $0.times(at: self.context.timeline.elapsed()).waited } }

    /// How long it has held its slot; zero where it has none yet.
    public var held: Duration { self.progress.withLock { $0.times(at: self.context.timeline.elapsed()).held } }

    /// What is known of it, for those who measure; complete once it has ended.
    var report: OperationReport {
        let now = self.context.timeline.elapsed()
        let (state, failure, endedAt, wasStarted, times, metadata) = self.progress.withLock { progress in
            (
                progress.state, progress.failure, progress.endedAt, progress.startedAt != nil,
                progress.times(at: now), progress.metadata
            )
        }
        var report = OperationReport(
            id: self.id,
            kind: self.label,
            name: self.name,
            client: self.client,
            state: state,
            isRefused: state == .failed && !wasStarted,
            error: failure,
            createdAt: self.createdAt,
            endedAt: endedAt ?? self.createdAt,
            waited: times.waited,
            held: times.held
        )
        report.bytes = self.bytesDone
        report.stages = self.stages
        report.memoryReserved = self.memoryReserved.load(ordering: .relaxed)
        report.diskReserved = self.diskReserved.load(ordering: .relaxed)
        let cpu = self.cpuNanoseconds.load(ordering: .relaxed)
        report.cpuTime = cpu > 0 ? .nanoseconds(cpu) : nil
        let resident = self.childrenMaxResident.load(ordering: .relaxed)
        report.childrenMaxResidentBytes = resident > 0 ? resident : nil
        report.metadata = metadata
        return report
    }
}
