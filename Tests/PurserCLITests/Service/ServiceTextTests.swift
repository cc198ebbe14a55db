import PurserIdentifiers
import Testing

@testable import PurserCLI

@Suite("What is said to servers")
struct ServiceTextTests {
    @Test(arguments: [
        ("a b", "a%20b"), ("x/y", "x/y"), ("..", "%2E%2E"), ("a/./b", "a/%2E/b"), ("../../x", "%2E%2E/%2E%2E/x"),
        ("...", "..."), ("a//b/", "a//b/"), ("/a", "/a"), ("100%?#+&=", "100%25%3F%23%2B%26%3D"), ("ü", "%C3%BC"),
        ("a\\b", "a%5Cb"), (".a/b.", ".a/b."),
    ])
    func keysAreEncodedSoThatNothingChangesThem(_ key: String, _ path: String) throws {
        #expect(try URLText.path(of: FileKey(key)) == path)
    }

    @Test func queriesEncodeEverythingThatCouldEndThem() {
        #expect(URLText.query([]).isEmpty)
        #expect(URLText.query([("prefix", "a/b &c=+"), ("limit", "1")]) == "?prefix=a%2Fb%20%26c%3D%2B&limit=1")
    }

    @Test func onlyURLsOfServersAreTaken() throws {
        #expect(try RemoteService.checked("http://127.0.0.1:8080/") == "http://127.0.0.1:8080")
        #expect(try RemoteService.checked("https://[::1]:1//") == "https://[::1]:1")
        for url in [
            "", "localhost:8080", "ftp://x", "http://", "http://a?b", "http://a#b", "file:///etc", "http://u:p@a",
        ] {
            #expect(throws: CommandError.self, "\(url)") { try RemoteService.checked(url) }
        }
    }

    @Test func retriesAreBoundedInNumberAndTime() {
        var policy = RetryPolicy()
        var waits: [Duration] = []
        while let wait = policy.nextWait(retryAfter: nil, spread: 0) { waits.append(wait) }
        #expect(waits == [1, 2, 4, 8, 16].map { Duration.seconds($0) })

        var patient = RetryPolicy()
        #expect(patient.nextWait(retryAfter: .seconds(40), spread: 0) == .seconds(40))
        #expect(patient.nextWait(retryAfter: .seconds(30), spread: 0) == nil, "it would be more than a minute in all")
        var spread = RetryPolicy()
        #expect(spread.nextWait(retryAfter: .seconds(10), spread: 1) == .seconds(12))
    }

    @Test func eventsAreTakenFromAnyPieces() throws {
        let stream = ": hello\n\nevent: operation\ndata: {\"a\":\ndata: 1}\n\nid: 3\r\ndata:x\r\n\r\ndata: unfinished"
        for size in [1, 2, 7, 1000] {
            var events = ServerSentEvents()
            var found: [String] = []
            var rest = Array(stream.utf8)[...]
            while !rest.isEmpty {
                found += try events.take(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(found == ["{\"a\":\n1}", "x"], "pieces of \(size)")
        }
    }

    @Test func anEndlessEventIsRefused() {
        var events = ServerSentEvents()
        #expect(throws: CommandError.self) {
            _ = try events.take(repeatElement(UInt8(ascii: "x"), count: ServerSentEvents.maxBytes + 1))
        }
    }
}
