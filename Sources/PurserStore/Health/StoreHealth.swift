package import Logging
import PurserBlobs
import Synchronization

/// Whether the store takes writes.
///
/// A failed fsync leaves the kernel's idea of the disk and the disk itself apart, and a second fsync would report
/// success without having written (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
/// So the first one turns the store read-only until it is opened again.
package final class StoreHealth: Sendable {
    private let reason = Mutex<String?>(nil)
    private let logger: Logger

    package init(logger: Logger) {
        self.logger = logger
    }

    /// Why the store is read-only; `nil` while it takes writes.
    package var readOnlyReason: String? {
        self.reason.withLock { $0 }
    }

    /// Turns the store read-only; the first reason stays.
    package func poison(_ reason: String) {
        let isFirst = self.reason.withLock { current in
            guard current == nil else { return false }
            current = reason
            return true
        }
        if isFirst {
            self.logger.critical("store is read-only", metadata: ["purser.reason": "\(reason)"])
        }
    }

    /// Turns the store read-only where an error of the blobs asks for it.
    func note(_ error: BlobError) {
        if error.code == .synchronizationFailed { self.poison(error.message) }
    }

    /// Throws ``StoreError`` `.readOnly` with the reason.
    package func requireWritable() throws(StoreError) {
        guard let reason = self.readOnlyReason else { return }
        throw StoreError(
            .readOnly,
            "the store is read-only: \(reason). Check the disk, then restart Purser; what was acknowledged is safe"
        )
    }
}
