/// A page of a listing.
///
/// Files and prefixes count together towards the limit; each is in byte order.
public struct ListPage: Sendable, Equatable {
    /// The files of the page.
    public var files: [FileRecord] = []
    /// What further keys begin with, up to the delimiter.
    public var prefixes: [String] = []
    /// Where the next page goes on; `nil` on the last page.
    public var next: ListPosition?

    /// Describes a page; an empty last one unless told otherwise.
    public init(files: [FileRecord] = [], prefixes: [String] = [], next: ListPosition? = nil) {
        self.files = files
        self.prefixes = prefixes
        self.next = next
    }
}
