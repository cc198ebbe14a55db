public import PurserCatalog
import PurserStore

/// The files of a bucket in the order of their keys' bytes, fetched page by page as they are asked for.
///
/// Files that appear or vanish meanwhile may or may not be met; each is met at most once.
public struct FileListing: AsyncSequence, Sendable {
    /// A file.
    public typealias Element = FileRecord
    /// What a page throws.
    public typealias Failure = any Error

    let request: ListRequest
    let list: @Sendable (ListRequest) throws -> ListPage

    /// Begins at the first file.
    public func makeAsyncIterator() -> Iterator {
        Iterator(request: self.request, list: self.list)
    }

    /// A place in the listing.
    public struct Iterator: AsyncIteratorProtocol {
        private var request: ListRequest
        private let list: @Sendable (ListRequest) throws -> ListPage
        private var page: ArraySlice<FileRecord> = []
        private var isLastPage = false

        fileprivate init(request: ListRequest, list: @escaping @Sendable (ListRequest) throws -> ListPage) {
            self.request = request
            self.list = list
        }

        /// The next file; `nil` at the end.
        ///
        /// - Throws: `StoreError` `.bucketNotFound`; `CancellationError` where the task is cancelled before a page is
        ///   fetched.
        public mutating func next() async throws -> FileRecord? {
            while self.page.isEmpty, !self.isLastPage {
                try Task.checkCancellation()
                let page = try self.list(self.request)
                self.page = page.files[...]
                self.request.after = page.next
                self.isLastPage = page.next == nil
            }
            return self.page.popFirst()
        }
    }
}
