import Foundation
import PurserCatalog
import PurserOperations
import PurserStore

/// Removes files while the store, or a bucket, takes more than it may.
///
/// A run that was interrupted begins anew: what it removed no longer counts.
struct SizeLimitStrategy: Strategy {
    func run(_ context: RunContext) async throws {
        let policy = context.configuration.sizeLimit
        context.lookAgain()
        try await context.store.catalog.flushAccesses()
        let limits = Double(policy.limits)
        // The store's own limit first, then those of buckets.
        for number in 0..<policy.limits {
            let part = Double(number) / limits..<Double(number + 1) / limits
            if let excess = try policy.excess(number, in: context.catalog, after: context.forecast) {
                var removal = ExcessRemoval(of: excess, context, part)
                try await removal.run()
            }
            try await context.proceed(to: part.upperBound)
        }
    }
}

/// Removes what exceeds one limit.
private struct ExcessRemoval {
    private let context: RunContext
    /// What part of the strategy it is.
    private let part: Range<Double>
    private let removals: Removals
    private let reason: String
    private var choice: SizeLimitChoice
    /// Bytes that have still to go.
    private var left: Int64
    /// Bytes that the files chosen will win, as far as can be told before they are gone.
    private var pending: Int64 = 0
    private var chosen: [FileRemoval] = []
    /// Files whose turn comes next.
    private var files: ArraySlice<FileCandidate> = []

    init(of excess: SizeLimitExcess, _ context: RunContext, _ part: Range<Double>) {
        let policy = context.configuration.sizeLimit
        self.context = context
        self.part = part
        self.removals = Removals(context: context, isByUse: policy.order == .leastRecentlyUsed)
        self.reason = "\(excess.reason), \(policy.order.rawValue) first"
        self.choice = SizeLimitChoice(
            excess,
            policy,
            writtenUntil: context.now() - context.configuration.minAge.inSeconds,
            in: context.catalog,
            after: context.forecast
        )
        self.left = excess.bytes
    }

    mutating func run() async throws {
        while self.left > 0 {
            if self.files.isEmpty { self.files = try self.choice.next(limit: Removals.batch)[...] }
            let isAtEnd = self.files.isEmpty
            // Who has no turn now may have one later, where less is won than expected.
            while self.pending < self.left, let file = self.files.popFirst() {
                self.context.report { $0.filesExamined += 1 }
                guard try self.choice.isAbout(file), try self.removals.mayRemove(file) else { continue }
                let won = try self.choice.take(file)
                guard won > 0, try self.mayRemoveAll(with: file) else { continue }
                self.pending += won
                try await self.choose(file)
            }
            if self.pending >= self.left || isAtEnd || self.chosen.count >= Removals.batch {
                try await self.removeChosen()
                self.pending = 0
            }
            let done = 1 - Double(max(0, self.left)) / Double(max(1, self.choice.excess.bytes))
            try await self.context.proceed(
                to: self.part.lowerBound + done * (self.part.upperBound - self.part.lowerBound)
            )
            if isAtEnd {
                let isEnough = self.left <= 0
                self.context.report { $0.count("not_enough_files", isEnough ? 0 : 1) }
                return
            }
        }
    }

    /// Whether the names that had their turn before a file may still be removed.
    ///
    /// The run may have waited since, and they may have been written, pinned or read again. Where one may not, removing the
    /// others wins nothing.
    private func mayRemoveAll(with file: FileCandidate) throws -> Bool {
        var last: FileCandidate?
        repeat {
            let (names, next) = try self.choice.names(with: file, after: last)
            // In a dry run, what goes already for another limit is still there.
            for name in names where !(self.context.isDryRun && self.context.forecast.contains(name)) {
                guard try self.choice.isAbout(name), try self.removals.mayRemove(name),
                    self.choice.isBefore(name, orAt: file)
                else { return false }
            }
            last = next
        } while last != nil
        return true
    }

    /// Chooses all names that go with a file; where they are many, some are removed meanwhile, so that memory does not grow
    /// with them.
    private mutating func choose(_ file: FileCandidate) async throws {
        var last: FileCandidate?
        repeat {
            let (names, next) = try self.choice.names(with: file, after: last)
            self.chosen += names.map { FileRemoval($0, reason: self.reason) }
            // What is pending stays so until all of it is gone.
            if next != nil, self.chosen.count >= Removals.batch { try await self.removeChosen() }
            last = next
        } while last != nil
    }

    private mutating func removeChosen() async throws {
        let freed = try await self.removals.remove(self.chosen)
        let won = self.choice.excess.counted(freed)
        self.left -= won
        self.pending = max(0, self.pending - won)
        self.chosen = []
    }
}
