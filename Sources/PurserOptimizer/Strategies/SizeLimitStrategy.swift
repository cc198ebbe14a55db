import PurserOperations
import PurserStore
import Foundation
import PurserCatalog
import PurserIdentifiers

/// Removes files while the store, or a bucket, holds more than it may.
///
/// A run that was interrupted begins anew: what it removed no longer counts.
struct SizeLimitStrategy: Strategy {
    /// One limit that is exceeded.
    private struct Excess {
        var bucket: BucketName?
        /// Bytes that have to go.
        var bytes: Int64
        /// Why, for the audit trail.
        var reason: String
    }

    func run(_ context: RunContext) async throws {
        let policy = context.configuration.sizeLimit
        context.lookAgain()
        try await context.store.catalog.flushAccesses()
        let limits = 1 + policy.buckets.count
        for number in 0..<limits {
            if let excess = try self.excess(number, policy, context) {
                try await self.remove(excess, from: Double(number) / Double(limits), of: Double(limits), context)
            }
            try await context.proceed(to: Double(number + 1) / Double(limits))
        }
    }

    /// The store's own limit first, then those of buckets.
    private func excess(_ number: Int, _ policy: SizeLimitPolicy, _ context: RunContext) throws -> Excess? {
        guard number > 0 else {
            let totals = try context.catalog.totals()
            let used = totals.physicalBytes - totals.reclaimableBytes - context.forecast.freedBytes
            guard used > policy.maxStorageSize else { return nil }
            return Excess(
                bytes: used - SizeLimitPolicy.lowMark(policy.lowMark, of: policy.maxStorageSize),
                reason: "the store holds \(used) bytes, limit \(policy.maxStorageSize)"
            )
        }
        let limit = policy.buckets[number - 1]
        guard let bucket = try context.catalog.bucket(limit.bucket) else { return nil }
        let used = bucket.logicalBytes - context.forecast.freedLogicalBytes(inBucket: limit.bucket)
        guard used > limit.maxBytes else { return nil }
        return Excess(
            bucket: limit.bucket,
            bytes: used - SizeLimitPolicy.lowMark(limit.lowMark, of: limit.maxBytes),
            reason: "the bucket holds \(used) bytes, limit \(limit.maxBytes)"
        )
    }

    /// The names that go as it is one file's turn.
    ///
    /// For the store's limit a name whose content has others wins nothing: all of them go once it is the turn of the
    /// last, and until then none.
    private func names(
        toRemoveWith file: FileCandidate,
        freeing bytes: Int64,
        _ excess: Excess,
        _ expected: Forecast,
        _ context: RunContext
    ) throws -> [FileCandidate] {
        guard excess.bucket == nil else { return [file] }
        guard bytes > 0 else { return [] }
        guard file.references > 1 else { return [file] }
        let names = try context.catalog.files(ofBlob: file.blobRow, limit: Int(clamping: file.references))
        return names.filter(expected.contains)
    }

    private func remove(
        _ excess: Excess,
        from fraction: Double,
        of limits: Double,
        _ context: RunContext
    ) async throws {
        let policy = context.configuration.sizeLimit
        let removals = Removals(context: context, isByUse: policy.order == .leastRecentlyUsed)
        let limit = context.now() - context.configuration.minAge.inSeconds
        var queue = RemovalQueue(policy.order, writtenUntil: limit, in: context.catalog)
        var left = excess.bytes
        var chosen: [FileRemoval] = []
        // What the files chosen will win, as far as can be told before they are gone.
        let expected = Forecast()
        var pending: Int64 = 0
        while left > 0 {
            let files = try queue.next(limit: Removals.batch)
            for file in files where pending < left {
                context.report { $0.filesExamined += 1 }
                guard excess.bucket == nil || excess.bucket == file.bucket, try policy.filter.matches(file),
                    try removals.mayRemove(file), let freed = expected.remove(file)
                else { continue }
                let names = try self.names(toRemoveWith: file, freeing: freed, excess, expected, context)
                pending += excess.bucket == nil ? freed : file.size
                chosen += names.map { FileRemoval($0, reason: "\(excess.reason), \(policy.order.rawValue) first") }
            }
            if pending >= left || files.isEmpty || chosen.count >= Removals.batch {
                let (released, bytes) = try await removals.remove(chosen)
                left -= excess.bucket == nil ? released : bytes
                pending = 0
                chosen = []
            }
            let done = 1 - Double(max(0, left)) / Double(max(1, excess.bytes))
            try await context.proceed(to: fraction + done / limits)
            if files.isEmpty {
                context.report { $0.count("not_enough_files", left > 0 ? 1 : 0) }
                return
            }
        }
    }
}
