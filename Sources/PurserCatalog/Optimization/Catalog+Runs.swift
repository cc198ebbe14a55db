import GRDB
import PurserIdentifiers

/// A run of the optimizer as the catalog keeps it.
package struct KeptRun: Sendable, Equatable {
    /// Its id; ids sort by their time.
    package var id: String
    /// `running`, `succeeded`, `failed` or `cancelled`.
    package var state: String
    /// The report, as the optimizer encodes it.
    package var document: String

    /// Describes a run.
    package init(id: String, state: String, document: String) {
        self.id = id
        self.state = state
        self.document = document
    }
}

extension Catalog {
    /// The state of a run that has not ended.
    package static let runningState = "running"

    /// Keeps a run that begins.
    ///
    /// - Parameters:
    ///   - id: Its id.
    ///   - document: Its report so far.
    /// - Returns: The run that is under way already; nothing is kept then. `nil` where there is none.
    /// - Throws: ``CatalogError``.
    package func beginRun(_ id: String, document: String) async throws -> KeptRun? {
        try await self.writer.submit { transaction in
            if let running = try transaction.db.first(OptimizationQuery.runningRun, [], { try KeptRun($0) }) {
                return running
            }
            try transaction.write(OptimizationQuery.insertRun, [id, document])
            return nil
        }
    }

    /// Keeps how a run stands, and small documents of its strategies, in one transaction.
    package func keep(_ run: KeptRun, notes: [String: String] = [:]) async throws {
        try await self.writer.submit { transaction in
            try transaction.write(OptimizationQuery.updateRun, [run.state, run.document, run.id])
            for (name, document) in notes.sorted(by: { $0.key < $1.key }) {
                try transaction.write(OptimizationQuery.keepNote, [name, document])
            }
        }
    }

    /// Forgets a run that never began.
    package func forgetRun(_ id: String) async throws {
        try await self.writer.submit { try $0.write(OptimizationQuery.forgetRun, [id]) }
    }

    /// A run; `nil` where there is none of that id, or it was forgotten.
    package func run(_ id: String) throws -> KeptRun? {
        try self.readers.read { db in try db.first(OptimizationQuery.run, [id]) { try KeptRun($0) } }
    }

    /// The run that has not ended, if any.
    package func runningRun() throws -> KeptRun? {
        try self.readers.read { db in try db.first(OptimizationQuery.runningRun) { try KeptRun($0) } }
    }

    /// Runs, newest first.
    ///
    /// - Parameters:
    ///   - id: The last of the page before.
    ///   - limit: Runs of the page.
    /// - Returns: The runs, fewer than the limit on the last page.
    /// - Throws: ``CatalogError``.
    package func runs(before id: String?, limit: Int) throws -> [KeptRun] {
        try self.readers.read { db in
            try db.all(OptimizationQuery.runs, [id ?? Self.afterAllRuns, max(1, limit)]) { try KeptRun($0) }
        }
    }

    /// Forgets all but the newest runs.
    package func forgetRuns(keeping count: Int) async throws {
        try await self.writer.submit { transaction in
            let last = try transaction.db.first(OptimizationQuery.oldestKeptRun, [Self.afterAllRuns, max(0, count)]) {
                try $0.text(0)
            }
            if let last { try transaction.write(OptimizationQuery.forgetRuns, [last]) }
        }
    }

    /// A small document of the work in the background; `nil` where there is none of that name.
    package func note(_ name: String) throws -> String? {
        try self.readers.read { db in try db.first(OptimizationQuery.note, [name]) { try $0.text(0) } }
    }

    /// Keeps a small document in the place of the one of that name.
    package func keepNote(_ name: String, _ document: String) async throws {
        try await self.writer.submit { try $0.write(OptimizationQuery.keepNote, [name, document]) }
    }

    /// Greater than every id, which is a UUID in lower case.
    private static let afterAllRuns = "~"
}

extension KeptRun {
    fileprivate init(_ row: Row) throws {
        self.init(id: try row.text(0), state: try row.text(1), document: try row.text(2))
    }
}
