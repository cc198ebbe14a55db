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
        /// It was left out.
        case skipped
        /// It failed; the name says of which file.
        case failed(name: String, CommandError)
    }

    /// What became of all.
    struct Report: Encodable, Sendable {
        /// A transfer that failed.
        struct Failure: Encodable, Sendable {
            var name: String
            var code: String?
            var message: String
        }

        var files = 0
        var bytes: Int64 = 0
        var skipped = 0
        var failed: [Failure] = []
    }

    /// Runs transfers.
    ///
    /// - Parameters:
    ///   - next: The next one; `nil` after the last. Called by one task at a time.
    ///   - name: What to call it where it fails.
    ///   - work: Does it. What it throws is taken as this one's failure, but for cancellation and a server that cannot be
    ///     reached, which end the batch.
    ///   - onFailure: Told of each failure.
    /// - Returns: What became of all.
    /// - Throws: What `next` throws, and what ends the batch.
    static func run<Item: Sendable>(
        next: () async throws -> Item?,
        name: @escaping @Sendable (Item) -> String,
        work: @escaping @Sendable (Item) async throws -> Outcome,
        onFailure: (String, CommandError) -> Void
    ) async throws -> Report {
        var report = Report()
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
                if case .failed(let name, let error) = outcome { onFailure(name, error) }
            }
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

extension Batch.Report {
    fileprivate mutating func add(_ outcome: Batch.Outcome) {
        switch outcome {
        case .done(let bytes):
            self.files += 1
            self.bytes += bytes
        case .skipped: self.skipped += 1
        case .failed(let name, let error):
            self.failed.append(Failure(name: name, code: error.code, message: error.message))
        }
    }

    /// Says in the end what was done.
    ///
    /// - Parameters:
    ///   - verb: Such as `stored`.
    ///   - console: Where to say it.
    /// - Throws: ``FailedTransfers`` where some failed.
    func conclude(_ verb: String, on console: Console) throws {
        if console.style.isJSON { try console.result(JSONText.encode(self)) }
        let skipped = self.skipped > 0 ? ", \(self.skipped) left out" : ""
        let failed = self.failed.isEmpty ? "" : ", \(self.failed.count) failed"
        let noun = self.files == 1 ? "file" : "files"
        try console.done("\(verb) \(self.files) \(noun) (\(ByteText.short(self.bytes)))\(skipped)\(failed)")
        guard self.failed.isEmpty else { throw FailedTransfers(count: self.failed.count) }
    }
}
