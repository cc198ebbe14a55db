import Foundation
import GRDB

/// The making of one page.
struct Listing {
    private let bucket: BucketRow
    private let prefixLength: Int
    private let upper: [UInt8]
    private let limit: Int
    let delimiter: [UInt8]?

    /// Where the next search begins, inclusive; `nil` once nothing can follow.
    private var lower: [UInt8]?
    private var last: ListPosition?
    private(set) var page = ListPage()

    init(bucket: BucketRow, prefix: String, delimiter: String?, after: ListPosition?, limit: Int) {
        let prefix = Array(prefix.utf8)
        let delimiter = delimiter.map { Array($0.utf8) }
        self.bucket = bucket
        self.prefixLength = prefix.count
        self.upper = KeyOrder.end(ofPrefix: prefix) ?? KeyOrder.end
        self.limit = limit
        self.delimiter = delimiter?.isEmpty == false ? delimiter : nil
        if let after {
            self.lower = after.lowerBound.map { $0.lexicographicallyPrecedes(prefix) ? prefix : $0 }
        } else {
            self.lower = prefix
        }
    }

    /// Fills the page.
    mutating func run(_ db: Database) throws {
        while let lower = self.lower {
            self.lower = try self.search(db, from: lower)
        }
    }

    /// Takes files up to the next common prefix.
    ///
    /// - Returns: Where to search on, beyond that prefix; `nil` once the page is full or nothing is left.
    private mutating func search(_ db: Database, from lower: [UInt8]) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: Query.filesFrom.rawValue)
        let rows = try Row.fetchCursor(statement, arguments: [self.bucket.row, Data(lower), Data(self.upper)])
        while let row = try rows.next() {
            guard self.page.files.count + self.page.prefixes.count < self.limit else {
                self.page.next = self.last
                return nil
            }
            if let common = try self.commonPrefix(of: row) {
                self.page.prefixes.append(String(decoding: common, as: UTF8.self))
                self.last = .prefix(common)
                return KeyOrder.end(ofPrefix: common)
            }
            let file = try FileRow(row, in: self.bucket.record.name).record
            self.page.files.append(file)
            self.last = .file(file.key)
        }
        return nil
    }

    private func commonPrefix(of row: Row) throws -> [UInt8]? {
        guard let delimiter = self.delimiter else { return nil }
        return try row.bytes(9) {
            KeyOrder.commonPrefix(of: Array($0), after: self.prefixLength, delimiter: delimiter)
        }
    }
}
