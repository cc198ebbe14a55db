import DequeModule
import PurserCatalog

/// What changes about a job while it runs; pure.
struct JobState: Sendable {
    /// Begins after which a file is given up.
    static let maxStarts = 3

    /// What became of the files, whether or not that is written down.
    private(set) var counts: JobCounts
    /// Whether all files are found.
    private(set) var isListed: Bool
    /// Files that were taken up and not begun.
    var waiting: Deque<JobItemRecord> = []
    /// Whether rows may wait in the catalog.
    var mayHaveMore = true
    /// Whether those that wait there may only be begun when none is under way that may be what ended the process before.
    var hasHeldBack = false
    /// Whether they are being read.
    var isReading = false
    /// How far the files are that are under way, from 0 to 1.
    var inFlight: [Int64: Double] = [:]
    /// When a file of it was begun last.
    private(set) var lastBegin: JobChoice.Begin?
    /// How to stop them.
    var cancels: [Int64: @Sendable () -> Void] = [:]
    /// Files that were begun and are left as they are.
    private var left: [Int64] = []
    /// Files that are done, and not written down.
    private var ended: Deque<JobItemEnd> = []
    /// How many are being written down.
    var writing = 0
    /// Whether a file is under way that was cut off twice: there is one at a time.
    private(set) var hasSuspect = false
    var stop: JobStop?
    var isFinishing = false

    init(_ record: JobRecord) {
        self.counts = record.counts
        self.isListed = record.isListed
    }

    /// Takes note of files that were found since.
    mutating func noteListed(_ record: JobRecord) {
        self.counts.total = record.counts.total
        self.isListed = record.isListed
        self.mayHaveMore = true
    }

    /// Whether another file of it may be begun; one that was cut off twice only where that is allowed.
    func canBegin(plan: ProcessingPlan, allowsSuspect: Bool) -> Bool {
        guard self.stop == nil, self.inFlight.count < plan.workers else { return false }
        // What cannot be written down is not to pile up.
        guard self.ended.count + self.writing < max(2 * plan.batch, plan.workers) else { return false }
        guard !self.waiting.isEmpty else { return self.mayHaveMore || self.hasHeldBack && allowsSuspect }
        return self.waiting.contains { allowsSuspect || !$0.isSuspect }
    }

    /// Takes the next file; one that was cut off twice only where that is allowed.
    mutating func next(allowsSuspect: Bool, as begin: JobChoice.Begin) -> JobItemRecord? {
        guard self.stop == nil, let place = self.waiting.firstIndex(where: { allowsSuspect || !$0.isSuspect }) else {
            return nil
        }
        let item = self.waiting.remove(at: place)
        self.inFlight[item.number] = 0
        self.lastBegin = begin
        self.hasSuspect = self.hasSuspect || item.isSuspect
        return item
    }

    mutating func end(_ item: JobItemRecord, _ end: JobItemEnd?) {
        self.inFlight[item.number] = nil
        self.cancels[item.number] = nil
        if item.isSuspect { self.hasSuspect = false }
        guard let end else {
            self.left.append(item.number)
            return
        }
        switch end.state {
        case .queued, .running: break
        case .succeeded:
            self.counts.succeeded += 1
            if end.isCached { self.counts.cached += 1 }
        case .failed, .timedOut, .quarantined: self.counts.failed += 1
        case .skipped: self.counts.skipped += 1
        }
        self.ended.append(end)
    }

    /// Takes what is to be written down next: what came to an end while the last was being written, at most a batch.
    mutating func takeEnds(batch: Int) -> [JobItemEnd] {
        let ends = Array(self.ended.prefix(max(1, batch)))
        self.ended.removeFirst(ends.count)
        self.writing += ends.count
        return ends
    }

    mutating func putBack(_ ends: [JobItemEnd]) {
        self.writing -= ends.count
        self.ended.prepend(contentsOf: ends)
    }

    mutating func takeFinish() -> Bool {
        guard !self.isFinishing, !self.isReading, self.inFlight.isEmpty, self.ended.isEmpty, self.writing == 0 else {
            return false
        }
        guard
            self.stop != nil
                || (self.isListed && self.waiting.isEmpty && self.left.isEmpty && !self.mayHaveMore
                    && !self.hasHeldBack)
        else { return false }
        self.isFinishing = true
        return true
    }

    var unfinished: [Int64] { self.left + self.waiting.map(\.number) + self.inFlight.keys }

    /// How much is done of all files; `nil` while not all are known.
    var fraction: Double? {
        guard self.isListed, self.counts.total > 0 else { return nil }
        return min(1, (Double(self.counts.ended) + self.inFlight.values.reduce(0, +)) / Double(self.counts.total))
    }

    /// The same for people.
    var message: String {
        let failed = self.counts.failed > 0 ? ", \(self.counts.failed) failed" : ""
        return "\(self.counts.ended) of \(self.counts.total) files\(failed)"
    }
}

extension JobItemRecord {
    /// Whether its next begin is its last: it may be what ended the process the times before.
    var isSuspect: Bool { self.starts >= JobState.maxStarts }
    /// Whether it has been begun as often as may be.
    var isGivenUp: Bool { self.starts > JobState.maxStarts }
}
