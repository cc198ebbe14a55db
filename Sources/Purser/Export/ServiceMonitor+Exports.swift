import Foundation
import Logging
import PurserBlobs
import PurserMonitor
import Synchronization
import SystemPackage

extension ServiceMonitor {
    /// The document of the catalog that has the exports written by themselves.
    private static let exportsDocument = "exports"

    /// Writes the export that is due, and removes the oldest ones that it wrote before.
    ///
    /// What fails is an alert, and the next round tries again.
    func exportAsScheduled() async {
        let settings = self.configuration.export
        let path = MetricsFile.path(settings.path, at: self.now())
        do {
            let bytes = try self.metrics(as: settings.format)
            let fileSystem = self.fileSystem
            try await self.store.onDiskThreads { try MetricsFile.write(bytes, to: path, fileSystem: fileSystem) }
            try await self.note(export: path.string, keeping: settings.keep)
            self.alerts.clear(.exportFailed, because: "the next export was written")
        } catch {
            self.logger.error(
                "export of metrics failed",
                metadata: ["purser.path": "\(path)", "purser.error": "\(error)"]
            )
            self.alerts.raise(AlertEvent(.exportFailed, message: "metrics cannot be written to \(path): \(error)"))
        }
    }

    /// Remembers an export across restarts, and removes those that are too many.
    private func note(export path: String, keeping count: Int) async throws {
        var exports = try self.state.withLock { $0.exports } ?? self.knownExports()
        exports.removeAll { $0 == path }
        exports.append(path)
        while exports.count > count {
            let oldest = exports.removeFirst()
            do {
                try self.fileSystem.remove(FilePath(oldest))
            } catch {
                // Somebody may have taken it away.
                guard error.isAbsent else { throw error }
            }
        }
        self.state.withLock { [exports] in $0.exports = exports }
        let text = String(decoding: try JSONEncoder().encode(exports), as: UTF8.self)
        try await self.store.catalog.setMonitorState(Self.exportsDocument, text)
    }

    private func knownExports() throws -> [String] {
        guard let text = try self.store.catalog.monitorState(Self.exportsDocument) else { return [] }
        // What cannot be read is forgotten: the files stay, and somebody may remove them.
        return (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}
