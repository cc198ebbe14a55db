import Foundation
import Glibc

extension OutgoingPost {
    /// Why a URL will not be posted to, as far as its text tells; `nil` where it may be.
    ///
    /// What a name stands for is looked at when it is posted to.
    public func refusal(of url: String) -> String? {
        if let objection = Self.objection(to: url) { return objection }
        guard !self.allowsPrivate, let host = URL(string: url)?.host?.lowercased() else { return nil }
        let isThisMachine = host == "localhost" || host.hasSuffix(".localhost")
        let isPrivate = NetworkAddress(text: host.filter { $0 != "[" && $0 != "]" }).map { !$0.isPublic } ?? false
        return isThisMachine || isPrivate
            ? "leads to this machine or a private network, which is not allowed (processing.allow_private_urls)" : nil
    }
}

extension NetworkAddress {
    /// Reads an address as it is written; `nil` where the text is none.
    init?(text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(Array(bytes.prefix(4)))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(bytes)
        } else {
            return nil
        }
    }
}
