/// What a call counts as that takes no slot: it needs none, or failed before it could have one.
///
/// The raw value is the `kind` of its figures.
package enum CallKind: String, Sendable, CaseIterable {
    /// As the operations of that name.
    case upload
    /// As the operations of that name.
    case download
    /// As the operations of that name.
    case copy
    /// As the operations of that name.
    case delete
    /// A page of the names in a bucket.
    case list
    /// A question about one file.
    case stat
    /// Making, showing, listing and removing buckets.
    case bucket
}
