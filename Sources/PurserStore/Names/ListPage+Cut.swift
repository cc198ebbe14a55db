public import PurserCatalog
import PurserIdentifiers

extension ListPage {
    /// Ends the page early where its entries are too large together; at least one entry stays.
    ///
    /// - Parameter limit: Bytes of keys, prefixes and metadata.
    /// - Returns: The page, or the part of it that fits, with the position to go on from.
    public func cut(toBytes limit: Int) -> ListPage {
        var bytes = self.prefixes.reduce(0) { $0 + $1.utf8.count }
        for (index, file) in self.files.enumerated() {
            bytes += file.key.text.utf8.count + (file.contentType?.utf8.count ?? 0)
            bytes += file.metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
            guard bytes > limit, index + 1 < self.files.count else { continue }
            let last = Array(file.key.text.utf8)
            return ListPage(
                files: Array(self.files[...index]),
                prefixes: self.prefixes.filter { Array($0.utf8).lexicographicallyPrecedes(last) },
                next: .key(last)
            )
        }
        return self
    }
}
