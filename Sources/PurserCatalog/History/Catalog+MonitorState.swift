import GRDB

extension Catalog {
    /// A small document that the monitor keeps across restarts; `nil` where there is none of that name.
    public func monitorState(_ name: String) throws -> String? {
        try self.readers.read { db in try db.first(.monitorState, [name]) { try $0.text(0) } }
    }

    /// Keeps a document under a name, in the place of the one before.
    ///
    /// On return it is on the disk.
    ///
    /// - Parameters:
    ///   - name: Not empty.
    ///   - document: Text, JSON as a rule; small, as it is written whole.
    /// - Throws: ``CatalogError`` as any write does.
    public func setMonitorState(_ name: String, _ document: String) async throws {
        try await self.writer.submit { try $0.write(.setMonitorState, [name, document]) }
    }
}
