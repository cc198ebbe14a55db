import PurserOperations
import Synchronization

/// The circuit breakers of all programs, and what is counted with them.
final class ToolBreakers: Sendable {
    private struct Entry {
        var breaker: CircuitBreaker
        var runs: Int64 = 0
        var failures: Int64 = 0
        var running = 0
    }

    private let timeline: Timeline
    private let threshold: Int
    private let pause: Duration
    private let entries = Mutex<[String: Entry]>([:])

    init(_ timeline: Timeline, threshold: Int, pause: Duration) {
        self.timeline = timeline
        self.threshold = threshold
        self.pause = pause
    }

    /// Runs a body where the program's breaker lets it.
    ///
    /// - Parameters:
    ///   - program: The program's name.
    ///   - limit: How long the run may take: whoever is cancelled when that is nearly over was waiting for a program that
    ///     hangs.
    ///   - body: Runs it.
    /// - Returns: How it ended.
    /// - Throws: ``StepFailure`` `tool_unavailable` where the breaker is open; what the body throws.
    func guarding(
        _ program: String,
        limit: Duration,
        _ body: () async throws -> ToolResult
    ) async throws -> ToolResult {
        try self.admit(program)
        let begin = self.timeline.elapsed()
        do {
            let result = try await body()
            self.leave(program, isFault: result.signal != nil)
            return result
        } catch let failure as StepFailure {
            self.leave(program, isFault: Self.faults.contains(failure.code))
            throw failure
        } catch {
            self.leave(program, isFault: self.timeline.elapsed() - begin >= limit * 9 / 10 ? true : nil)
            throw error
        }
    }

    /// How all programs do that were run, in the order of their names.
    var figures: [ToolFigures] {
        let entries = self.entries.withLock { $0 }
        return entries.sorted { $0.key < $1.key }.map { program, entry in
            ToolFigures(
                program: program,
                state: entry.breaker.state,
                timesOpened: entry.breaker.timesOpened,
                runs: entry.runs,
                failures: entry.failures,
                running: entry.running
            )
        }
    }

    /// What is not the file's fault.
    private static let faults: Set<String> = ["tool_failed_to_start", "timed_out"]

    private func admit(_ program: String) throws(StepFailure) {
        let now = self.timeline.elapsed()
        let admission = self.entries.withLock { entries in
            let unknown = Entry(breaker: CircuitBreaker(threshold: self.threshold, pause: self.pause))
            var entry = entries[program] ?? unknown
            let admission = entry.breaker.admit(at: now)
            if admission == .admitted {
                entry.runs += 1
                entry.running += 1
            }
            entries[program] = entry
            return admission
        }
        guard case .refused(let wait) = admission else { return }
        let seconds = Int(wait.inSeconds.rounded(.up))
        throw StepFailure(
            "tool_unavailable",
            "'\(program)' failed too often and is left alone; it is tried again in \(seconds) s",
            isTransient: true,
            severity: .critical
        )
    }

    private func leave(_ program: String, isFault: Bool?) {
        let now = self.timeline.elapsed()
        self.entries.withLock { entries in
            entries[program]?.running -= 1
            switch isFault {
            case true?:
                entries[program]?.failures += 1
                entries[program]?.breaker.failed(at: now)
            case false?: entries[program]?.breaker.succeeded()
            case nil: entries[program]?.breaker.withdrew(at: now)
            }
        }
    }
}
