import Foundation
import PurserTestSupport
import Testing

@testable import PurserHTTP

/// The page on the API says what its description says.
@Suite struct APIPageTests {
    private let document: OpenAPIDocument
    private let lines: [String]

    init() throws {
        self.document = try OpenAPIDocument()
        let url = repository.appending(path: "docs/api.md")
        self.lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    /// The cells of the rows of a table whose head is given.
    private func table(_ head: String) throws -> [[Substring]] {
        let start = try #require(self.lines.firstIndex(of: head), "there is no table '\(head)'")
        return self.lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { $0.split(separator: "|") }
    }

    @Test func everyCodeIsInItsTable() throws {
        let rows = try self.table("| status | code | means | what to do |")
        let written = rows.flatMap { cells in
            cells[1].matches(of: /`([a-z_]+)`/).map { "\(cells[0].filter { $0 != " " }) \($0.1)" }
        }
        let statuses = Set(written.compactMap { Int($0.prefix(3)) })
        let described = try statuses.flatMap { status in
            try self.document.codes(of: status).map { "\(status) \($0)" }
        }
        #expect(described.count == (try self.document.allCodes()).count, "a status is missing")
        #expect(Set(described).subtracting(written).sorted() == [], "codes that the page lacks")
        #expect(Set(written).subtracting(described).sorted() == [], "codes that the page has beyond")
        #expect(Set(written).count == written.count)
    }

    @Test func everyCallIsInItsTable() throws {
        let rows = try self.table("| call | does | answers |")
        let written = Set(
            rows.flatMap { cells in
                let paths = cells[0].matches(of: /\/[^`]*/).map { String($0.0) }
                let methods = cells[0].matches(of: /[A-Z]{3,}/).map { String($0.0) }
                let path = paths.first ?? ""
                // `GET /healthz`, `GET /readyz` are two calls, `GET`, `HEAD /…` is one address with two methods.
                return paths.count == methods.count
                    ? zip(methods, paths).map { "\($0) \($1)" } : methods.map { "\($0) \(path)" }
            }
        )
        let described = Set(self.document.calls.map(\.description))
        // HEAD of event streams goes without saying, as every GET takes it.
        #expect(described.subtracting(written).filter { !$0.hasPrefix("HEAD") }.sorted() == [])
        #expect(written.subtracting(described).sorted() == [])
    }
}
