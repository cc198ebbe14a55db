import Foundation
public import PurserCatalog
import PurserStore

extension StorageOptimizer {
    /// The report of a run, as far as it is; of the one under way a second old at most.
    ///
    /// - Throws: ``OptimizerError`` `.runNotFound`; `StoreError`.
    public func report(ofRun id: String) throws -> RunReport {
        do {
            guard let run = try self.catalog.run(id) else {
                throw OptimizerError(.runNotFound, "there is no run \(id.prefix(64)), or it was forgotten")
            }
            return try RunDocument(text: run.document).report
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// Reports of runs, newest first.
    ///
    /// - Parameters:
    ///   - id: The last run of the page before.
    ///   - limit: Runs of the page, at most 1,000.
    /// - Returns: The reports; fewer than the limit on the last page.
    /// - Throws: `StoreError`.
    public func reports(before id: String? = nil, limit: Int) throws -> [RunReport] {
        do {
            return try self.catalog.runs(before: id, limit: min(limit, 1_000)).map {
                try RunDocument(text: $0.document).report
            }
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// What a run removed, in the order in which it did.
    ///
    /// - Parameters:
    ///   - id: The run.
    ///   - number: The last entry of the page before; 0 for the first page.
    ///   - limit: Entries of the page, at most 1,000.
    /// - Returns: The entries; fewer than the limit on the last page.
    /// - Throws: `StoreError`.
    public func removals(ofRun id: String, after number: Int64 = 0, limit: Int) throws -> [RemovalRecord] {
        do {
            return try self.catalog.removals(ofRun: id, after: number, limit: min(limit, 1_000))
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// Contents that several files have, those that save most first.
    ///
    /// - Parameters:
    ///   - position: The place of the last group of the page before.
    ///   - limit: Groups of the page, at most 1,000.
    /// - Returns: The groups; fewer than the limit on the last page.
    /// - Throws: `StoreError`.
    public func duplicates(after position: DuplicatePosition? = nil, limit: Int) throws -> [DuplicateGroup] {
        do {
            return try self.catalog.duplicates(after: position, limit: min(limit, 1_000))
        } catch {
            throw StoreError.surfaced(error)
        }
    }

    /// Files that have the content of a group, by bucket and key.
    ///
    /// - Throws: `StoreError`.
    public func files(of group: DuplicateGroup, limit: Int) throws -> [FileRecord] {
        do {
            return try self.catalog.files(ofBlob: group.row, limit: min(limit, 1_000)).compactMap {
                try self.catalog.file(bucket: $0.bucket, key: $0.key)
            }
        } catch {
            throw StoreError.surfaced(error)
        }
    }
}

extension StoreError {
    /// The store's word for an error of the catalog; any other error as it is.
    static func surfaced(_ error: any Error) -> any Error {
        guard let error = error as? CatalogError else { return error }
        let code: Code =
            switch error.code {
            case .noSpace: .storeFull
            case .readOnly: .readOnly
            case .storageFailure, .damaged: .inputOutput
            default: .internal
            }
        return StoreError(code, error.message, cause: error)
    }
}
