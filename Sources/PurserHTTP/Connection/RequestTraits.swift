import NIOHTTP1

/// What the connection has to know of a request, found in one pass over its header fields; refuses what is ambiguous.
///
/// A request that two parsers could cut differently (RFC 9112 §6.3, §11.2) must never pass, whatever the parser below
/// thinks of it: a proxy before us may think otherwise.
struct RequestTraits: Equatable {
    var isHead = false
    var isHTTP10 = false
    /// Whether the client wants to send more requests (RFC 9112 §9.3); false for HTTP/1.0 without `keep-alive`.
    var isKeepAlive = true
    var hasBody = false
    var expectsContinue = false

    init() {}

    /// - Throws: ``Refusal``.
    init(_ head: HTTPRequestHead, maxURIBytes: Int) throws(Refusal) {
        guard head.version == .http1_1 || head.version == .http1_0 else {
            throw Refusal(.versionNotSupported, "HTTP/1.1 and HTTP/1.0 are spoken here")
        }
        guard head.uri.utf8.count <= maxURIBytes else {
            throw Refusal(.uriTooLong, "the request target is longer than \(maxURIBytes) bytes")
        }
        guard head.method != .CONNECT else {
            throw Refusal(.notImplemented, "CONNECT is not supported")
        }
        self.isHead = head.method == .HEAD
        self.isHTTP10 = head.version == .http1_0
        self.isKeepAlive = head.isKeepAlive
        try self.readFields(head.headers)
    }

    private mutating func readFields(_ headers: HTTPHeaders) throws(Refusal) {
        var hosts = 0
        var lengths = 0
        var codings = 0
        for (name, value) in headers {
            switch name.utf8.count {
            case 4 where name.isSame(as: "host"):
                hosts += 1
            case 14 where name.isSame(as: "content-length"):
                lengths += 1
                try self.readLength(value)
            case 17 where name.isSame(as: "transfer-encoding"):
                codings += 1
                try self.readCoding(value)
            case 6 where name.isSame(as: "expect"):
                try self.readExpectation(value)
            case 7 where name.isSame(as: "upgrade"):
                // The parser stops after a request that asks for an upgrade; we never upgrade, so this is its last.
                self.isKeepAlive = false
            default:
                break
            }
        }
        guard hosts == 1 || (hosts == 0 && self.isHTTP10) else {
            throw Refusal(.malformedRequest, "a request has exactly one Host field")
        }
        guard lengths + codings <= 1 else {
            throw Refusal(.malformedRequest, "the length of the body is stated more than once")
        }
    }

    private mutating func readLength(_ value: String) throws(Refusal) {
        guard !value.isEmpty, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int64(value) else {
            throw Refusal(.malformedRequest, "the length of the body is not stated clearly")
        }
        if length > 0 { self.hasBody = true }
    }

    private mutating func readCoding(_ value: String) throws(Refusal) {
        guard !self.isHTTP10 else {
            throw Refusal(.malformedRequest, "HTTP/1.0 knows no transfer coding")
        }
        guard value.isSame(as: "chunked") else {
            guard value.utf8.contains(UInt8(ascii: ",")) else {
                throw Refusal(.notImplemented, "chunked is the only transfer coding spoken here")
            }
            throw Refusal(.malformedRequest, "chunked has to be the only transfer coding")
        }
        self.hasBody = true
    }

    private mutating func readExpectation(_ value: String) throws(Refusal) {
        // RFC 9110 §10.1.1: HTTP/1.0 knows no expectations, whatever the field says.
        guard !self.isHTTP10 else { return }
        guard value.isSame(as: "100-continue") else {
            throw Refusal(.expectationFailed, "100-continue is the only expectation that can be met")
        }
        self.expectsContinue = true
    }
}

extension String {
    /// Compares ASCII without regard to case, without a copy.
    fileprivate func isSame(as lowercase: StaticString) -> Bool {
        guard self.utf8.count == lowercase.utf8CodeUnitCount else { return false }
        return lowercase.withUTF8Buffer { expected in
            zip(self.utf8, expected).allSatisfy { byte, wanted in
                byte == wanted || ((0x41...0x5a).contains(byte) && byte | 0x20 == wanted)
            }
        }
    }
}
