public import Foundation

/// An alert as the catalog keeps it: what lists need as columns, and all of it as a document.
public struct AlertRecord: Sendable, Hashable {
    /// The alert's id.
    public var id: String
    /// Whether it has yet to be resolved.
    public var isOpen: Bool
    /// When it changed last, to the millisecond; lists go by it.
    public var changedAt: Date
    /// The alert, in the JSON of whoever raised it; the catalog does not read it.
    public var document: String

    /// Describes an alert.
    public init(id: String, isOpen: Bool, changedAt: Date, document: String) {
        self.id = id
        self.isOpen = isOpen
        self.changedAt = changedAt
        self.document = document
    }

    /// Where a page of alerts ended.
    public struct Position: Sendable, Hashable {
        /// When the page's last alert changed.
        public var changedAt: Date
        /// That alert's id, which tells it from others of the same time.
        public var id: String

        /// Describes a position.
        public init(changedAt: Date, id: String) {
            self.changedAt = changedAt
            self.id = id
        }
    }

    /// Where a page ends whose last alert is this one.
    public var position: Position { Position(changedAt: self.changedAt, id: self.id) }
}
