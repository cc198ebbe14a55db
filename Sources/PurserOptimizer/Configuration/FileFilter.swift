package import PurserCatalog
public import PurserIdentifiers

/// Which files a rule is about: those of which all holds.
public struct FileFilter: Sendable, Hashable {
    /// The bucket they are in; any where there is none.
    public var bucket: BucketName?
    /// What their keys begin with, byte for byte.
    public var prefix = ""
    /// Media types that they have one of, such as `image/png` or `image/*`; any where there is none.
    ///
    /// Parameters (`; charset=…`) and the case of letters do not count. A file without a media type is of none.
    public var contentTypes: [String] = []
    /// Metadata that they have, names in lower case, values as they are.
    public var metadata: [String: String] = [:]

    /// Describes all files.
    public init() {}

    /// Whether a file is meant.
    ///
    /// - Throws: `CatalogError` where its metadata cannot be read.
    package func matches(_ file: FileCandidate) throws -> Bool {
        if let bucket, bucket != file.bucket { return false }
        guard file.key.text.utf8.starts(with: self.prefix.utf8) else { return false }
        guard self.contentTypes.isEmpty || self.contentTypes.contains(where: { Self.matches(file.contentType, $0) })
        else { return false }
        guard !self.metadata.isEmpty else { return true }
        let metadata = try file.metadata()
        return self.metadata.allSatisfy { metadata[$0.key] == $0.value }
    }

    private static func matches(_ type: String?, _ pattern: String) -> Bool {
        guard let essence = type?.split(separator: ";").first?.lowercased() else { return false }
        let type = essence.split(separator: " ").joined()
        let pattern = pattern.lowercased()
        guard pattern.hasSuffix("/*") else { return type == pattern }
        return type.hasPrefix(pattern.dropLast())
    }

    /// What is wrong with the filter.
    func check(_ check: inout SettingCheck, _ key: String) {
        for type in self.contentTypes {
            let parts = type.split(separator: "/", omittingEmptySubsequences: false)
            let isType = parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && parts.first != "*"
            check.expect(isType, "\(key).content_types", type, "media types such as image/png or image/*")
        }
        for name in self.metadata.keys.sorted() {
            let isName = !name.isEmpty && name == name.lowercased()
            check.expect(isName, "\(key).metadata", name, "names in lower case")
        }
    }
}
