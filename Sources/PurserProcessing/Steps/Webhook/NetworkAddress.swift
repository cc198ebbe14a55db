import Glibc

/// An IP address that a name stands for.
struct NetworkAddress: Sendable, Hashable {
    /// Four bytes, or sixteen.
    let bytes: [UInt8]

    /// Takes an address; `nil` where there are neither four nor sixteen bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The address as it is written in a URL, without brackets.
    var text: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = self.bytes.count == 4 ? AF_INET : AF_INET6
        guard inet_ntop(family, self.bytes, &buffer, socklen_t(buffer.count)) != nil else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether it leads to a host of the public internet, and not to this one, its neighbours, or nobody.
    ///
    /// As the special-purpose registries of IANA have it (RFC 6890). Addresses that only wrap an IPv4 address are judged by
    /// that one.
    var isPublic: Bool {
        self.bytes.count == 4 ? Self.isPublic(version4: self.bytes) : Self.isPublic(version6: self.bytes)
    }

    private static func isPublic(version4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (224..., _, _): false
        case (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _), (198, 18...19, _): false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 51, 100), (203, 0, 113): false
        default: true
        }
    }

    private static func isPublic(version6 bytes: [UInt8]) -> Bool {
        let wrapped: ArraySlice<UInt8>? =
            switch (bytes[0], bytes[1]) {
            // ::ffff:0:0/96 and ::/96 of IPv4, 64:ff9b::/96 of NAT64, 2002::/16 of 6to4.
            case (0, 0) where bytes[2..<10].allSatisfy { $0 == 0 }: bytes[12...]
            case (0, 0x64): bytes[12...]
            case (0x20, 0x02): bytes[2..<6]
            default: nil
            }
        if let wrapped { return Self.isPublic(version4: Array(wrapped)) }
        // Only 2000::/3 is given out; of it 2001::/23 is for protocols, 2001:db8::/32 and 3fff::/20 for documents.
        guard bytes[0] & 0xE0 == 0x20 else { return false }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0x20, 0x01, 0...1, _), (0x20, 0x01, 0x0D, 0xB8), (0x3F, 0xFF, 0...0x0F, _): return false
        default: return true
        }
    }
}
