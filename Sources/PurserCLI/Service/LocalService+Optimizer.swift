import Purser
import PurserIdentifiers
import PurserOperations

extension LocalService {
    func optimize(
        _ request: OptimizeRequest,
        follows: Bool,
        onProgress: @escaping @Sendable (OptimizeProgress) -> Void
    ) async throws -> OptimizerRunDocument {
        let id = OperationID()
        var run = RunRequest(request.strategies, isDryRun: request.isDryRun)
        run.verifiesAll = request.verifiesAll
        run.id = id
        let updates = self.manager.operations.updates()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await update in updates where update.id == id {
                    onProgress(
                        OptimizeProgress(
                            fraction: update.progress.fraction,
                            step: update.progress.step,
                            remaining: update.estimatedRemaining.map { $0 / .seconds(1) }
                        )
                    )
                }
            }
            defer { group.cancelAll() }
            let report = try await self.manager.optimizer.run(run)
            try Task.checkCancellation()
            return OptimizerRunDocument(report)
        }
    }

    func optimizerRuns(after cursor: String?, limit: Int) async throws -> OptimizerRunListDocument {
        OptimizerRunListDocument(try self.manager.optimizationRuns(before: cursor, limit: limit), limit: limit)
    }

    func optimizerRun(_ id: String) async throws -> OptimizerRunDocument {
        OptimizerRunDocument(try self.manager.optimizationRun(id))
    }

    func removals(ofRun id: String, after cursor: String?, limit: Int) async throws -> RemovalListDocument {
        let number = try cursor.map { try Self.understood($0, Int64.init) } ?? 0
        return RemovalListDocument(try self.manager.removals(ofRun: id, after: number, limit: limit), limit: limit)
    }

    func duplicates(after cursor: String?, limit: Int) async throws -> DuplicateListDocument {
        let position = try cursor.map { try Self.understood($0, DuplicatePosition.init(cursor:)) }
        return try self.manager.duplicateDocument(after: position, limit: limit)
    }

    func optimizerStats() async throws -> OptimizerStatsDocument {
        OptimizerStatsDocument(try await self.manager.storageOptimizationStats())
    }

    private static func understood<Value>(_ cursor: String, _ parse: (String) -> Value?) throws -> Value {
        guard let value = parse(cursor) else { throw CommandError("this is no end of a page", code: "invalid_cursor") }
        return value
    }
}
