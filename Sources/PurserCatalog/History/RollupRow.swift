import Foundation
import GRDB

extension MetricRollup {
    /// Reads the columns of `Query.rollups`.
    init(_ row: Row) throws {
        guard let period = RollupPeriod(rawValue: Int(try row.integer(1))) else {
            throw CatalogError.undecodable("a period")
        }
        self.init(
            metric: try row.text(0),
            period: period,
            start: Date(milliseconds: try row.integer(2)),
            count: try row.integer(3),
            sum: try row.real(4),
            min: try row.real(5),
            max: try row.real(6),
            histogram: try row.bytes(7) { [UInt8]($0) }
        )
    }
}

extension Row {
    fileprivate func real(_ column: Int) throws -> Double {
        guard let value = self[column] as Double? else { throw CatalogError.undecodable("a number") }
        return value
    }
}
