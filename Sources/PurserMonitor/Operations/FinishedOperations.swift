import DequeModule
import PurserOperations

/// The operations that ended last, and those that took longest.
struct FinishedOperations {
    /// How many of the slowest are kept.
    static let slowestLimit = 20

    private let limit: Int
    private var reports: Deque<OperationReport> = []
    /// Those that ran longest, the slowest first.
    private(set) var slowest: [OperationReport] = []

    init(limit: Int) {
        self.limit = limit
    }

    mutating func add(_ report: OperationReport) {
        if self.limit > 0 {
            if self.reports.count >= self.limit { self.reports.removeFirst() }
            self.reports.append(report)
        }
        guard report.hasRun else { return }
        if self.slowest.count == Self.slowestLimit, let last = self.slowest.last, report.held <= last.held { return }
        let place = self.slowest.firstIndex { $0.held < report.held } ?? self.slowest.endIndex
        self.slowest.insert(report, at: place)
        if self.slowest.count > Self.slowestLimit { self.slowest.removeLast() }
    }

    /// The latest, newest first.
    func latest(_ count: Int, where matches: (OperationReport) -> Bool) -> [OperationReport] {
        Array(self.reports.lazy.reversed().filter(matches).prefix(max(0, count)))
    }
}
