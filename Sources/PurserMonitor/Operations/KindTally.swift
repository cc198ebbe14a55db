import Foundation
import PurserOperations

/// What operations of one kind come to, as it is collected.
struct KindTally {
    /// Codes that are told apart.
    static let maxCodes = 64

    let kind: String
    private var summary: KindSummary
    private var errors: [String: KindSummary.ErrorTally] = [:]
    private var duration = DurationTally()
    private var wait = DurationTally()
    private var secondsWithBytes = 0.0

    init(kind: String) {
        self.kind = kind
        self.summary = KindSummary(kind: kind)
    }

    mutating func add(_ report: OperationReport) {
        self.summary.count += 1
        if report.isRefused {
            self.summary.refused += 1
        } else {
            switch report.state {
            case .succeeded: self.summary.succeeded += 1
            case .failed: self.summary.failed += 1
            case .cancelled: self.summary.cancelled += 1
            case .timedOut: self.summary.timedOut += 1
            case .queued, .running: break  // a report is of one that has ended
            }
        }
        if let error = report.error { self.count(error, at: report.endedAt) }
        if report.hasRun { self.duration.add(report.held) }
        if report.waitCounts { self.wait.add(report.waited) }
        self.addResources(of: report)
    }

    /// What it came to.
    var figures: KindSummary {
        var figures = self.summary
        figures.errors = self.errors.values.sorted { ($1.count, $0.code) < ($0.count, $1.code) }
        figures.duration = self.duration.figures
        figures.wait = self.wait.figures
        if self.secondsWithBytes > 0 { figures.bytesPerSecond = Double(figures.bytes) / self.secondsWithBytes }
        return figures
    }

    private mutating func addResources(of report: OperationReport) {
        if report.bytes > 0 {
            let (sum, isBeyond) = self.summary.bytes.addingReportingOverflow(report.bytes)
            self.summary.bytes = isBeyond ? .max : sum
            self.secondsWithBytes += max(0, report.held.seconds)
        }
        if let cpuTime = report.cpuTime {
            self.summary.cpuSeconds = (self.summary.cpuSeconds ?? 0) + cpuTime.seconds
        }
        self.summary.highestMemoryReserved = max(self.summary.highestMemoryReserved, report.memoryReserved)
        if let resident = report.childrenMaxResidentBytes {
            self.summary.highestChildResidentBytes = max(self.summary.highestChildResidentBytes ?? 0, resident)
        }
    }

    private mutating func count(_ error: OperationSnapshot.Failure, at time: Date) {
        let code = String(error.code.prefix(64))
        let isTold = self.errors[code] != nil || self.errors.count < Self.maxCodes
        let name = isTold ? code : "other"
        let message = String(error.message.prefix(500))
        let count = self.errors[name]?.count ?? 0
        self.errors[name] = KindSummary.ErrorTally(code: name, count: count + 1, lastMessage: message, lastAt: time)
    }
}

extension OperationReport {
    /// Whether it ever held a slot, or did what takes none.
    var hasRun: Bool { !self.isRefused && self.held > .zero || self.state == .succeeded }

    /// Whether its wait says something of the queue: what takes no slot says nothing, nor does a refusal at once.
    var waitCounts: Bool {
        guard self.takesSlot else { return false }
        return !self.isRefused || self.error?.code == OperationError.Code.waitExpired.rawValue
    }

    /// The report with bounded texts, as it is remembered.
    func bounded() -> OperationReport {
        var report = self
        if report.kind.utf8.count > 64 { report.kind = String(report.kind.prefix(64)) }
        if report.name.utf8.count > 256 { report.name = String(report.name.prefix(256)) }
        if report.client.utf8.count > 256 { report.client = String(report.client.prefix(256)) }
        if let error = report.error, error.message.utf8.count > 500 {
            report.error?.message = String(error.message.prefix(500))
        }
        if report.metadata.count > 16 {
            let first = report.metadata.sorted { $0.key < $1.key }.prefix(16)
            report.metadata = Dictionary(uniqueKeysWithValues: first.map { ($0.key, $0.value) })
        }
        if report.metadata.values.contains(where: { $0.utf8.count > 256 }) {
            report.metadata = report.metadata.mapValues { String($0.prefix(256)) }
        }
        return report
    }
}
