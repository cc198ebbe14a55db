import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Purser
import PurserIdentifiers

/// The service of a server, over HTTP.
struct RemoteService: Sendable {
    /// The largest document that is taken from a server: a page of 1,000 files, with 8 KiB of metadata each.
    static let maxDocumentBytes = 16 << 20

    /// Base URL, without a slash at its end.
    let url: String
    /// Told before each wait for a busy server.
    let onBusy: @Sendable (_ message: String, _ wait: Duration) -> Void
    /// Told what the user may want to know of the server.
    private let onNote: @Sendable (String) -> Void
    private let client: HTTPClient
    private let isVersionTold = OnceFlag()

    /// Connects to a server for the time of the body.
    static func connect<Value: Sendable>(
        to url: String,
        onBusy: @escaping @Sendable (_ message: String, _ wait: Duration) -> Void = { _, _ in },
        onNote: @escaping @Sendable (String) -> Void = { _ in },
        _ body: (RemoteService) async throws -> Value
    ) async throws -> Value {
        let base = try Self.checked(url)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        // An upload may wait in the server's queue, and the server ends operations without progress itself after minutes.
        configuration.timeout = .init(connect: .seconds(5), read: .minutes(10))
        // Shorter than any server keeps a connection, so that none is used just as the server closes it.
        configuration.connectionPool.idleTimeout = .seconds(5)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        configuration.connectionPool.retryConnectionEstablishment = false
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            try await body(RemoteService(url: base, onBusy: onBusy, onNote: onNote, client: client))
        }
    }

    private init(
        url: String,
        onBusy: @escaping @Sendable (_ message: String, _ wait: Duration) -> Void,
        onNote: @escaping @Sendable (String) -> Void,
        client: HTTPClient
    ) {
        self.url = url
        self.onBusy = onBusy
        self.onNote = onNote
        self.client = client
    }

    /// A base URL that can be used.
    ///
    /// - Throws: ``CommandError`` `.usage`.
    static func checked(_ url: String) throws -> String {
        var text = url.trimmingCharacters(in: .whitespaces)
        while text.hasSuffix("/") { text.removeLast() }
        guard let components = URLComponents(string: text), let host = components.host, !host.isEmpty,
            ["http", "https"].contains(components.scheme?.lowercased()), components.query == nil,
            components.fragment == nil, components.user == nil
        else {
            throw CommandError.usage("'\(url)' is no URL of a server; it takes one such as http://127.0.0.1:8080")
        }
        return text
    }

    /// Makes a request, again where the server is busy, and hands out the answer where it is a success.
    ///
    /// - Parameters:
    ///   - method: A method that may be repeated.
    ///   - path: Path and query, encoded.
    ///   - headers: More fields.
    ///   - isRepeatable: Whether the body can be sent again.
    ///   - body: Makes the body of an attempt.
    /// - Returns: The answer, whose body is yet to be read.
    /// - Throws: ``CommandError``; `CancellationError`; what the body throws.
    func answer(
        _ method: HTTPMethod,
        _ path: String,
        headers: HTTPHeaders = [:],
        isRepeatable: Bool = true,
        body: (() -> HTTPClientRequest.Body)? = nil
    ) async throws -> HTTPClientResponse {
        var policy = RetryPolicy()
        while true {
            var request = HTTPClientRequest(url: self.url + path)
            request.method = method
            request.headers = headers
            request.headers.replaceOrAdd(name: "User-Agent", value: PurserCommand.userAgent)
            request.body = body?()
            let response = try await self.execute(request)
            let peer = ServerIdentity(response.headers)
            if let version = peer.version, !ServerIdentity.isOfThisKind(version), self.isVersionTold.raise() {
                self.onNote("the server at \(self.url) is Purser \(version), and this program \(PurserVersion.current)")
            }
            if (200..<300).contains(response.status.code) {
                guard peer.isPurser else { throw peer.foreign(at: self.url) }
                return response
            }
            let refusal =
                try await Self.refusal(response) ?? (peer.isPurser ? nil : peer.foreign(at: self.url))
                ?? CommandError("the server answered \(response.status)")
            guard isRepeatable, Self.isTemporary(response.status, refusal),
                let wait = policy.nextWait(retryAfter: refusal.retryAfter, spread: .random(in: 0...1))
            else { throw refusal }
            self.onBusy(refusal.message, wait)
            try await Task.sleep(for: wait)
        }
    }

    private func execute(_ request: HTTPClientRequest) async throws -> HTTPClientResponse {
        do {
            return try await self.client.execute(request, deadline: .distantFuture)
        } catch let error as HTTPClientError where error == .connectTimeout {
            throw CommandError.unreachable(self.url, error)
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch let error as NIOConnectionError {
            throw CommandError.unreachable(self.url, error)
        } catch let error as IOError where error.errnoCode == ECONNREFUSED {
            throw CommandError.unreachable(self.url, error)
        } catch is HTTPParserError {
            throw CommandError("what answers at \(self.url) does not speak HTTP", code: CommandError.foreignServer)
        } catch let error where self.url.hasPrefix("https:") && CommandError.isUnknown(error) {
            throw CommandError(
                "no secure connection to \(self.url) can be made: \(error); where the server speaks plain HTTP, its URL "
                    + "begins with http://",
                code: CommandError.foreignServer
            )
        }
    }

    /// A busy server says when to come back; one whose store is read-only will not get better by waiting.
    private static func isTemporary(_ status: HTTPResponseStatus, _ refusal: CommandError) -> Bool {
        (status == .serviceUnavailable || status == .tooManyRequests) && refusal.code != "read_only"
    }

    /// What a server says when it refuses in a problem document (RFC 9457).
    private static func refusal(_ response: HTTPClientResponse) async throws -> CommandError? {
        let retryAfter = response.headers.first(name: "Retry-After").flatMap { Int64($0) }.map { Duration.seconds($0) }
        let bytes: ByteBuffer
        do {
            bytes = try await response.body.collect(upTo: 64 * 1024)
        } catch let error as CancellationError {
            throw error
        } catch {
            // The answer's head says enough.
            bytes = ByteBuffer()
        }
        do {
            let problem = try JSONDecoder().decode(ProblemDocument.self, from: Data(bytes.readableBytesView))
            return CommandError(problem.detail, code: problem.code, retryAfter: retryAfter)
        } catch {
            // No problem document: a proxy's answer, or another server's.
            return retryAfter.map { CommandError("the server answered \(response.status)", retryAfter: $0) }
        }
    }

    private struct ProblemDocument: Decodable {
        var code: String
        var detail: String
    }

    /// The bytes of a document.
    func document(_ path: String) async throws -> Data {
        try await Self.data(self.answer(.GET, path))
    }

    /// A document.
    func document<Document: Decodable>(_ path: String, as type: Document.Type) async throws -> Document {
        try Self.decode(type, from: try await self.document(path))
    }

    /// The document in an answer.
    static func document<Document: Decodable>(
        _ type: Document.Type,
        in response: HTTPClientResponse
    ) async throws -> Document {
        try self.decode(type, from: try await self.data(response))
    }

    /// The bytes of an answer's document.
    static func data(_ response: HTTPClientResponse) async throws -> Data {
        Data(try await response.body.collect(upTo: self.maxDocumentBytes).readableBytesView)
    }

    /// Reads a document.
    ///
    /// - Parameters:
    ///   - type: What it is.
    ///   - data: The server's bytes.
    ///   - read: How names of fields become names of properties; as they stand without this.
    /// - Returns: The document.
    /// - Throws: ``CommandError`` where the bytes are something else.
    static func decode<Document: Decodable>(
        _ type: Document.Type,
        from data: Data,
        by read: (Document.Type, Data) throws -> Document = { try JSONDecoder().decode($0, from: $1) }
    ) throws -> Document {
        do {
            return try read(type, data)
        } catch {
            throw CommandError(
                "the server's answer cannot be understood; it may be of another version than \(PurserVersion.current)"
            )
        }
    }

    /// Cancels an operation of a task that has itself been cancelled, and waits for that a moment.
    ///
    /// Closing the connection cancels as well; this tells the server why, and also where a proxy keeps it open.
    func abandon(_ operation: OperationID) async {
        // A task of its own, since this one is cancelled already; awaited here.
        let asking = Task {
            var request = HTTPClientRequest(url: "\(self.url)/v1/operations/\(operation)")
            request.method = .DELETE
            return try await self.client.execute(request, timeout: .seconds(2)).status
        }
        // The operation may have ended, or the server be gone: then there is nothing to cancel.
        _ = try? await asking.value
    }
}
