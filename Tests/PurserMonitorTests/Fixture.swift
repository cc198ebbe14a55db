import Foundation
import Logging
import Synchronization

/// Runs a service beside a body, and ends it with the body.
func whileRunning(
    _ service: @escaping @Sendable () async throws -> Void,
    _ body: () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await service() }
        defer { group.cancelAll() }
        try await body()
        group.cancelAll()
        try await group.waitForAll()
    }
}

extension Logger {
    /// Keeps the expected failures of tests out of their output.
    static let unheard = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

/// A log whose lines a test can wait for.
final class LogRecorder: Sendable {
    /// A line of the log.
    struct Line: Sendable {
        var level: Logger.Level
        var message: String
        var metadata: [String: String]
    }

    private let stream: AsyncStream<Line>
    private let continuation: AsyncStream<Line>.Continuation
    private let all = Mutex<[Line]>([])

    init() {
        (self.stream, self.continuation) = AsyncStream.makeStream()
    }

    /// All lines so far.
    var lines: [Line] { self.all.withLock { $0 } }

    /// What writes to it.
    var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(recorder: self) }
        logger.logLevel = .trace
        return logger
    }

    /// Waits for the next line with that message; those before it are passed over.
    func next(_ message: String) async -> Line? {
        for await line in self.stream where line.message == message { return line }
        return nil
    }

    fileprivate func add(_ line: Line) {
        self.all.withLock { $0.append(line) }
        self.continuation.yield(line)
    }

    private struct Handler: LogHandler {
        let recorder: LogRecorder
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        init(recorder: LogRecorder) {
            self.recorder = recorder
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let facts = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
            self.recorder.add(
                Line(level: event.level, message: "\(event.message)", metadata: facts.mapValues { "\($0)" })
            )
        }
    }
}
