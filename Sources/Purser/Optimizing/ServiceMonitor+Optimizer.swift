import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserMonitor
import PurserOperations
package import PurserOptimizer
import PurserStore

extension ServiceMonitor {
    /// Tells people of what the optimizer met.
    package func note(_ event: OptimizerEvent) {
        guard self.operations.performance.isEnabled else { return }
        switch event {
        case .contentDamaged:
            // The store has told of it: whoever finds damage first does.
            return
        case .contentHealed(let blob):
            self.operations.damaged.remove(blob)
            self.clearDamage(of: blob)
        case .countsRepaired(let count):
            self.noteRepaired(count)
        case .spaceLevel(let level, let used, let room):
            self.noteSpace(level, used: used, of: room)
        case .runEnded(let report):
            self.logger.info(
                "optimizer run ended",
                metadata: [
                    "purser.operation.id": "\(report.operationID)", "purser.state": "\(report.state.rawValue)",
                    "purser.bytes_saved": "\(report.spaceSavedBytes)",
                ]
            )
        }
    }

    private func noteRepaired(_ count: Int64) {
        self.logger.error("counts of the catalog were wrong and are mended", metadata: ["purser.count": "\(count)"])
        self.operations.errors.record(
            ErrorEntry(
                code: "counts_repaired",
                message: "\(count) counts of the catalog were wrong; the optimizer has mended them",
                severity: .high,
                kind: OperationKind.optimize.rawValue,
                context: ["count": "\(count)"],
                time: self.now(),
                isRecovered: true
            )
        )
    }

    private func noteSpace(_ level: SpaceLevel, used: Int64, of room: Int64) {
        let percent = Double(used) / Double(max(1, room)) * 100
        func raise(_ alert: EventAlert) {
            self.alerts.raise(
                AlertEvent(
                    alert,
                    message: "\(used) of \(room) bytes are used, \(Int(percent)) %; add room, or run the optimizer",
                    value: percent
                )
            )
        }
        let reason = "the store is emptier again"
        switch level {
        case .critical: raise(.storeSpaceCritical)
        case .warning:
            raise(.storeSpaceWarning)
            self.alerts.clear(.storeSpaceCritical, because: reason)
        case .ok:
            self.alerts.clear(.storeSpaceCritical, because: reason)
            self.alerts.clear(.storeSpaceWarning, because: reason)
        }
    }

    /// Ends the alerts of damaged contents that are whole again, or that no file has any more.
    ///
    /// An upload heals as well as the optimizer does, and tells nobody.
    func clearHealedContents() {
        let open = self.alerts.alerts(in: [.firing, .acknowledged])
        for alert in open where alert.rule == EventAlert.contentDamaged.rawValue {
            guard let blob = BlobID(hex: alert.subject) else { continue }
            do {
                let record = try self.store.catalog.blob(blob)
                if record?.isDamaged != true { self.clearDamage(of: blob) }
            } catch {
                // The next look may be able to tell.
                return
            }
        }
    }

    private func clearDamage(of blob: BlobID) {
        self.alerts.clear(.contentDamaged, subject: blob.hex, because: "the content is whole again, or gone")
    }
}
