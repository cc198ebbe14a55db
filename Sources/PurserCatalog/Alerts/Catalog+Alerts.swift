import Foundation
import GRDB

extension Catalog {
    /// Keeps alerts, in one transaction; those of a known id take the place of what was kept.
    ///
    /// What is resolved goes once it is older than the latest `resolvedLimit`; open alerts never go by themselves.
    ///
    /// - Parameters:
    ///   - alerts: What to keep; whoever raises them bounds their number.
    ///   - resolvedLimit: How many that are not open stay; those that changed in the same millisecond as the last
    ///     of them stay too.
    /// - Throws: ``CatalogError`` `.noSpace`, `.readOnly`; then none of them is kept.
    public func save(alerts: [AlertRecord], keepingResolved resolvedLimit: Int = 1_000) async throws {
        guard !alerts.isEmpty else { return }
        try await self.writer.submit { try $0.save(alerts, keepingResolved: resolvedLimit) }
    }

    /// Alerts that were kept, the one that changed last first.
    ///
    /// - Parameters:
    ///   - open: Whether to list those that are open, or those that are not.
    ///   - limit: How many at most.
    ///   - before: Only what comes after the end of an earlier page, see ``AlertRecord/position``.
    /// - Returns: The alerts.
    /// - Throws: ``CatalogError``.
    public func alerts(open: Bool, limit: Int, before: AlertRecord.Position? = nil) throws -> [AlertRecord] {
        let time = before?.changedAt.milliseconds ?? .max
        let arguments: StatementArguments = [open ? 1 : 0, time, before?.id ?? "", max(0, limit)]
        return try self.readers.read { db in
            try db.all(Query.alerts, arguments) { row in
                AlertRecord(
                    id: try row.text(0),
                    isOpen: try row.integer(1) != 0,
                    changedAt: Date(milliseconds: try row.integer(2)),
                    document: try row.text(3)
                )
            }
        }
    }
}
