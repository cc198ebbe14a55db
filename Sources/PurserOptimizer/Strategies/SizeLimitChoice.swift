import Foundation
import PurserCatalog

/// Finds the files that go for a limit that is exceeded: the same ones for a plan, a dry run and a run.
///
/// A name whose content has others, in the store or in the bucket that the limit is of, wins nothing: all of them go once it
/// is the turn of the last, and until then none.
struct SizeLimitChoice {
    /// Names that are given at a time.
    private static let names = 200

    let excess: SizeLimitExcess
    private let filter: FileFilter
    private let order: RemovalOrder
    private let catalog: Catalog
    /// What had its turn, whether it goes already or not.
    private let expected: Forecast
    private var queue: RemovalQueue

    /// Begins with the file that goes first.
    ///
    /// - Parameters:
    ///   - excess: What is exceeded.
    ///   - policy: Which files go, and in which order.
    ///   - limit: Files written later stay.
    ///   - catalog: Where the files are.
    ///   - forecast: What is chosen to go already; not changed.
    init(
        _ excess: SizeLimitExcess,
        _ policy: SizeLimitPolicy,
        writtenUntil limit: Date,
        in catalog: Catalog,
        after forecast: Forecast
    ) {
        self.excess = excess
        self.filter = policy.filter
        self.order = policy.order
        self.catalog = catalog
        self.expected = forecast.copy()
        self.queue = RemovalQueue(policy.order, writtenUntil: limit, in: catalog)
    }

    /// The next files in their order, those that the limit is not about among them; none at the end.
    mutating func next(limit: Int) throws -> [FileCandidate] { try self.queue.next(limit: limit) }

    /// Whether the limit is about a file.
    func isAbout(_ file: FileCandidate) throws -> Bool {
        try self.isInPlace(file) && self.filter.matches(file)
    }

    /// Gives a file its turn.
    ///
    /// - Returns: Bytes that are won for the limit with the names that go now; 0 where none goes.
    /// - Throws: `CatalogError`.
    func take(_ file: FileCandidate) throws -> Int64 {
        guard let freed = try self.expected.remove(file) else { return 0 }
        return self.excess.counted(freed)
    }

    /// The names that go with a file whose turn has won something, itself among them.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - last: Where the names before ended; `nil` at the begin.
    /// - Returns: Some of the names, and where the next ones begin, if there may be more.
    /// - Throws: `CatalogError`.
    func names(
        with file: FileCandidate,
        after last: FileCandidate?
    ) throws -> (names: [FileCandidate], next: FileCandidate?) {
        guard file.references > 1 else { return ([file], nil) }
        let page = try self.catalog.files(ofBlob: file.blobRow, after: last, limit: Self.names)
        let names = page.filter { self.isInPlace($0) && self.expected.contains($0) }
        return (names, page.count == Self.names ? page.last : nil)
    }

    /// Whether a file still stands before another in the order, as it did when it had its turn.
    func isBefore(_ file: FileCandidate, orAt other: FileCandidate) -> Bool {
        switch self.order {
        case .oldest: file.modifiedAt <= other.modifiedAt
        case .leastRecentlyUsed: file.usedAt <= other.usedAt
        case .largest: true
        }
    }

    private func isInPlace(_ file: FileCandidate) -> Bool {
        self.excess.bucket == nil || self.excess.bucket == file.bucket
    }
}
