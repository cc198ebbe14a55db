import GRDB

extension Catalog {
    /// A small document that the monitor keeps across restarts; `nil` where there is none of that name.
    public func monitorState(_ name: String) throws -> String? {
        try self.readers.read { db in try db.first(Query.monitorState, [name]) { try $0.text(0) } }
    }

    /// Keeps a small document for the monitor, in the place of the one of that name.
    ///
    /// - Parameters:
    ///   - name: From a closed set; not empty.
    ///   - document: What the monitor will read again, as a rule JSON.
    /// - Throws: ``CatalogError`` `.noSpace`, `.readOnly`.
    public func setMonitorState(_ name: String, _ document: String) async throws {
        try await self.writer.submit { try $0.write(Query.setMonitorState, [name, document]) }
    }
}
