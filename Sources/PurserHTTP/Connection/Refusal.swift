import Foundation
import NIOCore
import NIOHTTP1

/// An answer that the connection gives by itself, because no route ever sees the request: a problem document (RFC 9457)
/// after which the connection is closed.
struct Refusal: Error, Equatable {
    /// Stable and public: the `code` of the problem document.
    enum Code: String {
        case malformedRequest = "malformed_request"
        case uriTooLong = "uri_too_long"
        case headersTooLarge = "headers_too_large"
        case expectationFailed = "expectation_failed"
        case requestTimeout = "request_timeout"
        case notImplemented = "not_implemented"
        case versionNotSupported = "http_version_not_supported"
    }

    var code: Code
    /// For people; ASCII without quotes and backslashes, so that it is JSON as it stands; never the client's bytes.
    var detail: String

    init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// Translates what the parser says.
    ///
    /// The start line tells a target that is too long from header fields that are, and a strange line end from a
    /// strange version.
    init(_ error: any Error, startLine: StartLine) {
        switch error as? HTTPParserError {
        case .headerOverflow where startLine == .incomplete:
            self.init(.uriTooLong, "the request target is too long")
        case .headerOverflow:
            self.init(.headersTooLarge, "the header fields are too large or too many")
        case .invalidVersion where startLine != .bareLineFeed:
            self.init(.versionNotSupported, "HTTP/1.1 and HTTP/1.0 are spoken here")
        case .invalidEOFState:
            self.init(.malformedRequest, "the request ended before it was complete")
        case .invalidContentLength, .unexpectedContentLength:
            self.init(.malformedRequest, "the length of the body is not stated clearly")
        case .invalidChunkSize:
            self.init(.malformedRequest, "the size of a chunk is not valid")
        default:
            self.init(.malformedRequest, "this is not a valid HTTP request")
        }
    }

    var status: HTTPResponseStatus {
        switch self.code {
        case .malformedRequest: .badRequest
        case .uriTooLong: .uriTooLong
        case .headersTooLarge: .requestHeaderFieldsTooLarge
        case .expectationFailed: .expectationFailed
        case .requestTimeout: .requestTimeout
        case .notImplemented: .notImplemented
        case .versionNotSupported: .httpVersionNotSupported
        }
    }

    /// The document, `application/problem+json`.
    var body: String {
        #"{"type":"about:blank","title":"\#(self.status.reasonPhrase)","status":\#(self.status.code),"#
            + #""code":"\#(self.code.rawValue)","detail":"\#(self.detail)"}"#
    }

    /// The head that goes before the document.
    func head(serverName: String, version: HTTPVersion) -> HTTPResponseHead {
        HTTPResponseHead(
            version: version,
            status: self.status,
            headers: [
                "Content-Type": "application/problem+json",
                "Content-Length": "\(self.body.utf8.count)",
                "Connection": "close",
                "Server": serverName,
                "X-Request-Id": UUID().uuidString.lowercased(),
            ]
        )
    }
}
