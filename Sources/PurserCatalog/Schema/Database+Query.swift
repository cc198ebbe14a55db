import Foundation
import GRDB

/// Statements of one subject, each under a name of its own; the raw value is its SQL.
protocol CatalogQuery: RawRepresentable<String>, CaseIterable {}

extension Database {
    /// Runs a statement that changes something.
    ///
    /// It is compiled once per connection; the arguments are not copied.
    func run(_ query: some CatalogQuery, _ arguments: StatementArguments) throws {
        try self.cachedStatement(sql: query.rawValue).execute(arguments: arguments)
    }

    /// The first row, decoded while SQLite still holds it.
    func first<Value>(
        _ query: some CatalogQuery,
        _ arguments: StatementArguments = [],
        _ decode: (Row) throws -> Value
    ) throws -> Value? {
        let cursor = try Row.fetchCursor(try self.cachedStatement(sql: query.rawValue), arguments: arguments)
        return try cursor.next().map(decode)
    }

    /// All rows.
    func all<Value>(
        _ query: some CatalogQuery,
        _ arguments: StatementArguments = [],
        _ decode: (Row) throws -> Value
    ) throws -> [Value] {
        let cursor = try Row.fetchCursor(try self.cachedStatement(sql: query.rawValue), arguments: arguments)
        var values: [Value] = []
        while let row = try cursor.next() {
            values.append(try decode(row))
        }
        return values
    }
}

/// Decoding that reports what should not be there, where GRDB's subscripts would end the process.
extension Row {
    func integer(_ column: Int) throws -> Int64 {
        guard let value = self[column] as Int64? else { throw CatalogError.undecodable("a number") }
        return value
    }

    func text(_ column: Int) throws -> String {
        guard let value = self[column] as String? else { throw CatalogError.undecodable("a text") }
        return value
    }

    /// Gives the bytes without copying them; they are valid within `body` only.
    func bytes<Value>(_ column: Int, _ body: (UnsafeRawBufferPointer) throws -> Value) throws -> Value {
        try self.withUnsafeData(atIndex: column) { data in
            guard let data else { throw CatalogError.undecodable("bytes") }
            return try data.withUnsafeBytes(body)
        }
    }
}

extension CatalogError {
    static func undecodable(_ what: String) -> CatalogError {
        CatalogError(.damaged, "the catalog is damaged: \(what) is not what it should be")
    }
}
