import NIOHTTP1

extension HTTPRequestHead {
    /// The authority in a target of absolute form (RFC 9112 §3.2.2); `nil` in one of any other form.
    var targetAuthority: Substring? {
        guard !self.uri.hasPrefix("/"), let scheme = self.uri.firstRange(of: "://") else { return nil }
        return self.uri[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    }
}
