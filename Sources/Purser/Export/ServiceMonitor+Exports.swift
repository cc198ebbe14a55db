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
            let before = try self.knownExports()
            let exports = before.filter { $0 != path.string } + [path.string]
            // Before the file is there: what a crash leaves is then known, and goes in its turn. A store that takes no
            // writes is no reason to tell nothing.
            let problem = await self.keep(exports: exports)
            do {
                let bytes = try self.metrics(as: settings.format)
                let fileSystem = self.fileSystem
                try await self.store.onDiskThreads { try MetricsFile.write(bytes, to: path, fileSystem: fileSystem) }
            } catch {
                self.state.withLock { $0.exports = before }
                throw error
            }
            try await self.removeOldest(of: exports, keeping: settings.keep)
            if let problem { throw problem }
            self.alerts.clear(.exportFailed, because: "the next export was written")
        } catch {
            self.logger.error(
                "export of metrics failed",
                metadata: ["purser.path": "\(path)", "purser.error": "\(error)"]
            )
            self.alerts.raise(AlertEvent(.exportFailed, message: "metrics cannot be written to \(path): \(error)"))
        }
    }

    /// Removes exports that are too many, the oldest first.
    private func removeOldest(of exports: [String], keeping count: Int) async throws {
        guard exports.count > count else { return }
        var exports = exports
        while exports.count > count {
            let oldest = exports.removeFirst()
            do {
                try self.fileSystem.remove(FilePath(oldest))
            } catch {
                // Somebody may have taken it away.
                guard error.isAbsent else { throw error }
            }
        }
        if let problem = await self.keep(exports: exports) { throw problem }
    }

    /// Remembers the exports that there are, across restarts.
    ///
    /// - Returns: Why they are not; then they are remembered by this process only.
    private func keep(exports: [String]) async -> (any Error)? {
        self.state.withLock { $0.exports = exports }
        do {
            let text = String(decoding: try JSONEncoder().encode(exports), as: UTF8.self)
            try await self.store.catalog.setMonitorState(Self.exportsDocument, text)
            return nil
        } catch {
            return error
        }
    }

    private func knownExports() throws -> [String] {
        if let exports = self.state.withLock({ $0.exports }) { return exports }
        guard let text = try self.store.catalog.monitorState(Self.exportsDocument) else { return [] }
        // What cannot be read is forgotten: the files stay, and somebody may remove them.
        return (try? JSONDecoder().decode([String].self, from: Data(text.utf8))) ?? []
    }
}
