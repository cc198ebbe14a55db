import PurserBlobs
import PurserCatalog
import PurserOperations

extension StoreError {
    /// Says in the store's words what a lower layer said in its own.
    ///
    /// Cancellation, refusals of the resource manager and errors of the caller's own sequence are not the store's to
    /// translate: use ``StoreError/translated(_:)`` where they may come.
    init(translating error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as BlobError: self.init(blobError: error)
        case let error as CatalogError: self.init(catalogError: error)
        case let error as FileSystemError: self.init(fileSystemError: error)
        default: self.init(.internal, "something failed inside Purser; its log tells more", cause: error)
        }
    }

    /// The store's word for an error of a lower layer; any other error as it is.
    static func translated(_ error: any Error) -> any Error {
        switch error {
        case is BlobError, is CatalogError, is FileSystemError: StoreError(translating: error)
        default: error
        }
    }

    private init(fileSystemError error: FileSystemError) {
        let code: Code = error.isNoSpace ? .storeFull : .inputOutput
        self.init(code, error.isNoSpace ? "the disk is full" : "the disk failed; the log tells more", cause: error)
    }

    private init(blobError error: BlobError) {
        let code: Code =
            switch error.code {
            case .noSpace: .storeFull
            case .damaged, .absent: .contentDamaged
            case .synchronizationFailed: .readOnly
            case .locked: .locked
            case .newerFormat: .newerFormat
            case .notAStore: .notAStore
            default: .inputOutput
            }
        self.init(code, error.message, cause: error)
    }

    private init(catalogError error: CatalogError) {
        let code: Code =
            switch error.code {
            case .blobAbsent: .contentDamaged
            case .noSuchBucket: .bucketNotFound
            case .bucketNotEmpty: .bucketNotEmpty
            case .noSuchFile: .fileNotFound
            case .preconditionFailed: .preconditionFailed
            case .noSpace: .storeFull
            case .readOnly: .readOnly
            case .storageFailure, .damaged: .inputOutput
            case .newerFormat: .newerFormat
            default: .internal
            }
        self.init(code, error.message, current: error.current, cause: error)
    }
}
