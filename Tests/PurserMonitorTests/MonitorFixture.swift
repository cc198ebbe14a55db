import Foundation
import Logging
import PurserCatalog
import PurserMonitor
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

/// A wall clock that stands still until a test moves it; it may also be put back.
final class TestTime: Sendable {
    private let date: Mutex<Date>

    /// The first moment of an hour.
    static let start = Date(timeIntervalSince1970: 1_700_002_800)

    init(_ date: Date = TestTime.start) {
        self.date = Mutex(date)
    }

    var now: Date { self.date.withLock { $0 } }

    func advance(_ seconds: Double) { self.date.withLock { $0 += seconds } }

    func set(_ date: Date) { self.date.withLock { $0 = date } }
}

extension Logger {
    /// Keeps the expected failures of tests out of their output.
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension PerformanceMonitor {
    /// A monitor on a clock of the test.
    convenience init(_ configuration: MeasuringConfiguration = MeasuringConfiguration(), time: TestTime) {
        self.init(configuration: configuration, now: { time.now }, logger: .silent)
    }
}

/// Runs a test on a new catalog in a folder of its own.
func withCatalog(_ body: (Catalog) async throws -> Void) async throws {
    try await withTemporaryFolder { (folder) async throws in
        let catalog = try Catalog.open(at: folder.appending("catalog.sqlite").string, logger: .silent)
        try await body(catalog)
        try await catalog.close()
    }
}

/// The percentile by nearest rank, from the values in order.
func nearestRank(_ percent: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted[max(1, Int((percent / 100 * Double(sorted.count)).rounded(.up))) - 1]
}

/// Expects percentiles that are exact to two digits.
func expectClose(_ found: [Double?], _ exact: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
    let isClose = found.count == exact.count && zip(found, exact).allSatisfy { abs(($0 ?? .nan) - $1) <= $1 / 100 }
    #expect(isClose, "\(found), exactly \(exact)", sourceLocation: sourceLocation)
}
