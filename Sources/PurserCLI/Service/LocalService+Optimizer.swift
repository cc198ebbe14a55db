import Purser
import PurserIdentifiers
import PurserOperations

extension LocalService {
    func optimize(
        _ request: OptimizeRequest,
        follows: Bool,
        onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> OptimizerRunDocument {
        while true {
            do {
                return try await self.run(request, onProgress)
            } catch let error as OptimizerError where error.code == .runInProgress {
                // A run that was cut off goes on as soon as the store is open, and there is one at a time.
                guard let other = error.run else { throw error }
                try await self.follow(try self.manager.optimizationRun(other), onProgress)
            }
        }
    }

    private func run(
        _ request: OptimizeRequest,
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> OptimizerRunDocument {
        let id = OperationID()
        var run = RunRequest(request.strategies, isDryRun: request.isDryRun)
        run.verifiesAll = request.verifiesAll
        run.id = id
        let updates = self.manager.operations.updates()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await update in updates where update.id == id { onProgress(RunProgress(update)) }
            }
            defer { group.cancelAll() }
            let report = try await self.manager.optimizer.run(run)
            try Task.checkCancellation()
            return OptimizerRunDocument(report)
        }
    }

    /// Waits for the end of a run that somebody else has begun.
    private func follow(_ run: RunReport, _ onProgress: @Sendable (RunProgress) -> Void) async throws {
        if let updates = self.manager.operations.updates(of: try OperationID(run.operationID)) {
            for await update in updates { onProgress(RunProgress(update)) }
        }
        try Task.checkCancellation()
        // Its turn ends a moment after its operation.
        await Task.yield()
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

extension RunProgress {
    /// Takes how far a run is from its operation.
    fileprivate init(_ operation: OperationSnapshot) {
        self.init(
            fraction: operation.progress.fraction,
            step: operation.progress.step,
            remaining: operation.estimatedRemaining.map { $0 / .seconds(1) }
        )
    }
}
