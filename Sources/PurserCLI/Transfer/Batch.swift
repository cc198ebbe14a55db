import Foundation
import PurserIdentifiers

/// Many transfers, some at a time, which go on when one fails.
enum Batch {
    /// How many are under way at a time.
    static let width = 8

    /// What became of one transfer.
    enum Outcome: Sendable {
        /// It is done; bytes of its content.
        case done(bytes: Int64)
        /// There was nothing to do: the content is there already.
        case unchanged
        /// It was left out.
        case skipped
        /// It failed; the name says of which file.
        case failed(name: String, CommandError)
    }

    /// Runs transfers.
    ///
    /// - Parameters:
    ///   - next: The next one; `nil` after the last. Called by one task at a time.
    ///   - name: What to call it where it fails.
    ///   - work: Does it. What it throws is taken as this one's failure, but for cancellation and a server that cannot be
    ///     reached, which end the batch.
    /// - Returns: What became of all, and what ended the batch before its end, where something did.
    static func run<Item: Sendable>(
        next: () async throws -> Item?,
        name: @escaping @Sendable (Item) -> String,
        work: @escaping @Sendable (Item) async throws -> Outcome
    ) async -> BatchReport {
        var report = BatchReport()
        do {
            try await withThrowingTaskGroup(of: Outcome.self) { group in
                var running = 0
                var isExhausted = false
                while true {
                    while !isExhausted, running < Self.width {
                        try Task.checkCancellation()
                        guard let item = try await next() else {
                            isExhausted = true
                            break
                        }
                        running += 1
                        group.addTask { try await Self.attempt(item, name: name, work: work) }
                    }
                    guard let outcome = try await group.next() else { return }
                    running -= 1
                    report.add(outcome)
                }
            }
        } catch {
            report.end = error
        }
        return report
    }

    private static func attempt<Item: Sendable>(
        _ item: Item,
        name: @Sendable (Item) -> String,
        work: @Sendable (Item) async throws -> Outcome
    ) async throws -> Outcome {
        do {
            return try await work(item)
        } catch {
            try Task.checkCancellation()
            let failure = CommandError(describing: error)
            guard failure.code != CommandError.unreachable, failure.status != .cancelled else { throw failure }
            return .failed(name: name(item), failure)
        }
    }
}
