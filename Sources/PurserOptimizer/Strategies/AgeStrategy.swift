import Foundation
import PurserCatalog
import PurserOperations

/// Removes files that are older than their limit.
///
/// A run that was interrupted begins anew: what it removed is no longer found.
struct AgeStrategy: Strategy {
    func run(_ context: RunContext) async throws {
        let policy = context.configuration.age
        guard let shortest = policy.shortestAge else { return }
        context.lookAgain()
        if policy.basis == .accessed { try await context.catalog.flushAccesses() }
        let now = context.now()
        let removals = Removals(context: context, isByUse: policy.basis == .accessed)
        // What was read after it was written is younger by use than by its write: none too old is missed.
        let limit = now - shortest.inSeconds
        let files = max(1, try context.catalog.totals().files)
        var examined: Int64 = 0
        var position: CandidatePosition?
        repeat {
            let page = try context.catalog.filesByModification(before: limit, after: position, limit: Removals.batch)
            position = page.next
            examined += Int64(page.files.count)
            context.report { $0.filesExamined += Int64(page.files.count) }
            var chosen: [FileRemoval] = []
            for file in page.files {
                guard let reason = try policy.reason(for: file, at: now), try removals.mayRemove(file) else { continue }
                chosen.append(FileRemoval(file, reason: reason))
            }
            try await removals.remove(chosen)
            try await context.proceed(to: Double(examined) / Double(files))
        } while position != nil
    }
}
