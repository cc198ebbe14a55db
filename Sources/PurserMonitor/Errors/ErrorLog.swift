public import Foundation
public import Logging
import DequeModule
public import PurserOperations
import Synchronization

/// The log of errors: the last ones with all that is known of them, counts of all, and handlers by code.
///
/// Recording takes a short lock and never waits. Handlers run in ``run()``, apart from whoever recorded: at most
/// ``queueLimit`` errors wait for them, and ``handlerLimit`` are being handled at the same time.
public final class ErrorLog: Sendable {
    /// How many entries are remembered.
    public static let entryLimit = 1_000
    /// How many of these may be clients' mistakes (``ErrorSeverity/low``) while they displace what matters more.
    public static let lowEntryLimit = 500
    /// How many codes are counted by themselves.
    public static let codeLimit = 200
    /// How many errors wait for their handlers; those beyond are `unhandled` at once.
    public static let queueLimit = 1_000
    /// How many errors are handled at the same time.
    public static let handlerLimit = 8

    fileprivate struct State {
        /// In the order of their numbers.
        var entries = Deque<ErrorEntry>()
        var lowEntries = 0
        var lastID = 0
        var figures = ErrorFigures()
        var recent = RecentCount()
        var handlers: [String: [Int: ErrorHandler]] = [:]
        var lastHandler = 0
    }

    let waiting: AsyncStream<ErrorEntry>
    let handlerTimeout: Duration
    let clock: any Clock<Duration>
    let logger: Logger
    private let queue: AsyncStream<ErrorEntry>.Continuation
    private let state = Mutex(State())
    private let onSettled: @Sendable (_ isRecovered: Bool) -> Void

    /// Makes an empty log.
    ///
    /// - Parameters:
    ///   - handlerTimeout: How long a handler may take; its task is cancelled then, and the error is unhandled.
    ///   - clock: Measures the time of handlers.
    ///   - logger: Where failing handlers are told of.
    ///   - onSettled: Told once for each error when it is known whether it was made good; must be quick.
    public init(
        handlerTimeout: Duration = .seconds(30),
        clock: any Clock<Duration> = .continuous,
        logger: Logger,
        onSettled: @escaping @Sendable (_ isRecovered: Bool) -> Void = { _ in }
    ) {
        (self.waiting, self.queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.queueLimit))
        self.handlerTimeout = handlerTimeout
        self.clock = clock
        self.logger = logger
        self.onSettled = onSettled
    }

    /// Records the failure of an operation; whatever did not fail is passed over.
    ///
    /// - Returns: The entry, where there was a failure.
    @discardableResult
    public func record(_ report: OperationReport) -> ErrorEntry? {
        ErrorEntry(report).map { self.record($0) }
    }

    /// Records a failure.
    ///
    /// - Returns: The entry with its number.
    @discardableResult
    public func record(_ entry: ErrorEntry) -> ErrorEntry {
        let (recorded, isHandled) = self.state.withLock { state in
            state.lastID += 1
            var entry = entry
            entry.id = state.lastID
            let isHandled = entry.recovery != .recovered && state.handlers[entry.code]?.isEmpty == false
            if isHandled { entry.recovery = .pending }
            state.count(entry)
            return (entry, isHandled)
        }
        guard isHandled else {
            self.onSettled(recorded.recovery == .recovered)
            return recorded
        }
        if case .enqueued = self.queue.yield(recorded) { return recorded }
        self.state.withLock { $0.figures.dropped += 1 }
        self.settle(recorded.id, .unhandled)
        return recorded
    }

    /// Registers a handler for errors of a code; handlers are asked in the order of their registration.
    ///
    /// - Parameters:
    ///   - code: The code of the errors that it wants.
    ///   - handler: Says whether it made the error good; throwing counts as no. It must heed cancellation.
    /// - Returns: What ``removeHandler(_:)`` takes.
    @discardableResult
    public func onError(_ code: String, _ handler: @escaping ErrorHandler) -> ErrorHandlerID {
        self.state.withLock { state in
            state.lastHandler += 1
            state.handlers[code, default: [:]][state.lastHandler] = handler
            return ErrorHandlerID(code: code, number: state.lastHandler)
        }
    }

    /// Removes a handler; one at work goes on.
    public func removeHandler(_ id: ErrorHandlerID) {
        self.state.withLock { state in
            state.handlers[id.code]?[id.number] = nil
            if state.handlers[id.code]?.isEmpty == true { state.handlers[id.code] = nil }
        }
    }

    /// The latest entries, the last one first.
    ///
    /// - Parameters:
    ///   - code: Only those of this code.
    ///   - severity: Only those of this severity.
    ///   - limit: How many at most.
    /// - Returns: The entries.
    public func entries(
        code: String? = nil,
        severity: ErrorSeverity? = nil,
        limit: Int = ErrorLog.entryLimit
    ) -> [ErrorEntry] {
        let entries = self.state.withLock { $0.entries }
        let matching = entries.reversed().lazy.filter { entry in
            (code.map { $0 == entry.code } ?? true) && (severity.map { $0 == entry.severity } ?? true)
        }
        return Array(matching.prefix(max(0, limit)))
    }

    /// What came of all errors since the start; the rate is that of the five minutes before `now`.
    public func figures(at now: Date) -> ErrorFigures {
        self.state.withLock { state in
            state.figures.perMinute = state.recent.perMinute(at: now.timeIntervalSince1970)
            return state.figures
        }
    }

    func handlers(of code: String) -> [ErrorHandler] {
        self.state.withLock { state in
            (state.handlers[code] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
    }

    func settle(_ id: Int, _ recovery: ErrorRecovery) {
        self.state.withLock { state in
            state.settle(recovery)
            guard let place = state.place(of: id) else { return }
            state.entries[place].recovery = recovery
        }
        self.onSettled(recovery == .recovered)
    }
}

extension ErrorLog.State {
    fileprivate mutating func count(_ entry: ErrorEntry) {
        if self.entries.count >= ErrorLog.entryLimit { self.forgetOne() }
        self.entries.append(entry)
        if entry.severity == .low { self.lowEntries += 1 }
        self.figures.total += 1
        let isCounted = self.figures.byCode[entry.code] != nil || self.figures.byCode.count < ErrorLog.codeLimit
        self.figures.byCode[isCounted ? entry.code : "other", default: 0] += 1
        self.figures.bySeverity[entry.severity, default: 0] += 1
        self.recent.add(at: entry.time.timeIntervalSince1970)
        if entry.recovery != .pending { self.settle(entry.recovery) }
    }

    /// Makes room: the oldest entry goes, but of clients' mistakes the oldest one, where there are many of these.
    private mutating func forgetOne() {
        var place = self.entries.startIndex
        if self.lowEntries > ErrorLog.lowEntryLimit {
            place = self.entries.firstIndex { $0.severity == .low } ?? place
        }
        let forgotten = self.entries.remove(at: place)
        if forgotten.severity == .low { self.lowEntries -= 1 }
    }

    /// Where the entry of a number stands; `nil` where it was forgotten.
    fileprivate func place(of id: Int) -> Int? {
        var range = self.entries.startIndex..<self.entries.endIndex
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let found = self.entries[middle].id
            if found == id { return middle }
            range = found < id ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }

    fileprivate mutating func settle(_ recovery: ErrorRecovery) {
        if recovery == .recovered {
            self.figures.recovered += 1
        } else {
            self.figures.unhandled += 1
        }
    }
}
