import Foundation
import GRDB

extension WriteTransaction {
    func save(_ alerts: [AlertRecord], keepingResolved resolvedLimit: Int) throws {
        for alert in alerts {
            try self.write(
                Query.saveAlert,
                [alert.id, alert.isOpen ? 1 : 0, alert.changedAt.milliseconds, alert.document]
            )
        }
        let oldest = try self.db.first(Query.oldestResolvedAlert, [max(0, resolvedLimit - 1)]) { try $0.integer(0) }
        if let oldest {
            try self.write(Query.forgetResolvedAlerts, [oldest])
        }
    }
}
