import NIOHTTP1
import Testing

@testable import PurserHTTP

struct RequestTraitsTests {
    private static func traits(
        _ fields: [(String, String)],
        version: HTTPVersion = .http1_1,
        uri: String = "/",
        method: HTTPMethod = .PUT
    ) throws -> RequestTraits {
        var head = HTTPRequestHead(version: version, method: method, uri: uri)
        head.headers = HTTPHeaders(fields)
        return try RequestTraits(head, maxURIBytes: 100)
    }

    @Test(arguments: [
        ("Content-Length", "5", true), ("content-length", "0", false), ("TRANSFER-ENCODING", "Chunked", true),
    ])
    func bodyIsRecognized(name: String, value: String, hasBody: Bool) throws {
        #expect(try Self.traits([("Host", "a"), (name, value)]).hasBody == hasBody)
    }

    // What the parser below may let through one day has to stop here.
    @Test(arguments: [
        [("Content-Length", "5, 5")], [("Content-Length", "5"), ("Content-Length", "5")], [("Content-Length", "+5")],
        [("Content-Length", "-1")], [("Content-Length", " 5")], [("Content-Length", "٥")], [("Content-Length", "")],
        [("Content-Length", "9223372036854775808")], [("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "chunked, chunked")], [("Transfer-Encoding", "gzip, chunked")], [("host", "b")],
    ])
    func ambiguityIsRefused(fields: [(String, String)]) {
        #expect { try Self.traits([("Host", "a")] + fields) } throws: {
            ($0 as? Refusal)?.code == .malformedRequest
        }
    }

    @Test func expectationsAreReadByVersion() throws {
        #expect(try Self.traits([("Host", "a"), ("Expect", "100-CONTINUE")]).expectsContinue)
        #expect(try !Self.traits([("Expect", "whatever")], version: .http1_0).expectsContinue)
        #expect { try Self.traits([("Host", "a"), ("Expect", "100-continue, x")]) } throws: {
            ($0 as? Refusal)?.code == .expectationFailed
        }
    }

    @Test func targetIsMeasuredInBytes() throws {
        #expect(throws: Never.self) { try Self.traits([("Host", "a")], uri: String(repeating: "a", count: 100)) }
        #expect { try Self.traits([("Host", "a")], uri: String(repeating: "é", count: 51)) } throws: {
            ($0 as? Refusal)?.code == .uriTooLong
        }
    }
}
