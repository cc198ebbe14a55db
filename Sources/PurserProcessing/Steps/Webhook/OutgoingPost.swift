import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import PurserOperations

/// Posts to addresses that others have chosen: of webhooks and callbacks.
///
/// A name is resolved once, and what is connected to is the very address that was looked at, so that a name cannot lead
/// elsewhere a moment later. Redirects are not followed. Of the answer only the status counts.
public struct OutgoingPost: Sendable {
    private static let maxAnswerBytes = 16 << 10

    /// Whether hosts of this machine and its own networks are allowed.
    public var allowsPrivate: Bool
    /// How long it may take in all.
    public var timeout: Duration
    private let product: String
    private let timeline: Timeline
    var resolve: @Sendable (_ host: String) async -> [NetworkAddress] = NameResolution.addresses

    /// Makes one.
    ///
    /// - Parameters:
    ///   - allowsPrivate: Whether hosts of this machine and its own networks are allowed.
    ///   - timeout: How long it may take in all.
    ///   - product: What `User-Agent` says.
    ///   - clock: Measures the time.
    public init(
        allowsPrivate: Bool = false,
        timeout: Duration = .seconds(10),
        product: String = "purser",
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.init(allowsPrivate: allowsPrivate, timeout: timeout, product: product, Timeline(clock))
    }

    init(allowsPrivate: Bool, timeout: Duration, product: String, _ timeline: Timeline) {
        self.allowsPrivate = allowsPrivate
        self.timeout = timeout
        self.product = product
        self.timeline = timeline
    }

    /// Posts JSON once.
    ///
    /// - Parameters:
    ///   - body: The JSON.
    ///   - url: Where; `http` or `https`.
    ///   - identity: Tells the request from others, the same when it is sent again: the value of `Idempotency-Key`, as an
    ///     item of RFC 9651. Letters, digits and what RFC 9651 allows in a string.
    ///   - headers: More fields.
    /// - Returns: The status, from 200 to 299.
    /// - Throws: ``StepFailure`` `invalid_url`, `address_refused`, `webhook_failed`, `webhook_refused`, `timed_out`;
    ///   `CancellationError`.
    @concurrent
    public func post(
        _ body: [UInt8],
        to url: String,
        identity: String,
        headers: [String: String] = [:]
    ) async throws -> Int {
        guard Self.objection(to: url) == nil, let host = Self.host(of: url) else { throw Self.invalid }
        do {
            return try await withTimeLimit(self.timeout, on: self.timeline) {
                let address = try await self.address(of: host)
                var request = HTTPClientRequest(url: url)
                request.method = .POST
                for (name, value) in headers { request.headers.add(name: name, value: value) }
                request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
                request.headers.replaceOrAdd(name: "User-Agent", value: self.product)
                request.headers.replaceOrAdd(name: "Idempotency-Key", value: "\"\(identity)\"")
                request.body = .bytes(ByteBuffer(bytes: body))
                return try await self.send(request, to: host, at: address)
            }
        } catch is TimeLimitReached {
            let message = "the address did not answer within \(self.timeout); look at its server"
            throw StepFailure("timed_out", message, isTransient: true)
        }
    }

    /// What is wrong with a URL by its text alone; `nil` where nothing is.
    public static func objection(to url: String) -> String? {
        guard let parts = URLComponents(string: url), Self.host(of: url) != nil else { return "is no URL" }
        guard ["http", "https"].contains(parts.scheme?.lowercased()) else {
            return "begins with neither http nor https"
        }
        // They would stand in reports and logs.
        guard parts.user == nil, parts.password == nil else { return "contains a user name or a password" }
        return url.utf8.count <= 2048 ? nil : "is longer than 2048 bytes"
    }

    private static let invalid = StepFailure(
        "invalid_url",
        "the URL is none that can be posted to",
        isRecoverable: true
    )

    /// The host as the client will take it.
    private static func host(of url: String) -> String? {
        guard let host = URL(string: url)?.host, !host.isEmpty else { return nil }
        guard host.hasPrefix("["), host.hasSuffix("]") else { return host }
        return String(host.dropFirst().dropLast())
    }

    private func address(of host: String) async throws -> NetworkAddress {
        let addresses = await self.resolve(host)
        try Task.checkCancellation()
        guard !addresses.isEmpty else {
            throw StepFailure("webhook_failed", "the name of the host is not known", isTransient: true)
        }
        guard let address = addresses.first(where: { self.allowsPrivate || $0.isPublic }) else {
            throw StepFailure(
                "address_refused",
                "the address is of this machine or a private network, which is not allowed (allow_private)",
                isRecoverable: true
            )
        }
        return address
    }

    private func send(_ request: HTTPClientRequest, to host: String, at address: NetworkAddress) async throws -> Int {
        let (seconds, attoseconds) = self.timeout.components
        let limit = TimeAmount.seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: limit, read: limit),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.dnsOverride = [host: address.text, "[\(host)]": address.text]
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            let answer: HTTPClientResponse
            do {
                answer = try await client.execute(request, deadline: .distantFuture)
            } catch {
                try Task.checkCancellation()
                let reason = (error as? HTTPClientError)?.shortDescription ?? "it cannot be connected to"
                throw StepFailure("webhook_failed", "the address gave no answer: \(reason)", isTransient: true)
            }
            // Whatever is wrong with the body, the status has come.
            _ = try? await answer.body.collect(upTo: Self.maxAnswerBytes)
            try Task.checkCancellation()
            return try Self.status(answer)
        }
    }

    private static func status(_ answer: HTTPClientResponse) throws(StepFailure) -> Int {
        let code = Int(answer.status.code)
        switch code {
        case 200..<300: return code
        case 300..<400: throw StepFailure("webhook_refused", "the address answered \(code); redirects are not followed")
        case 408, 425, 429, 500...:
            throw StepFailure("webhook_failed", "the address answered \(code)", isTransient: true)
        default: throw StepFailure("webhook_refused", "the address answered \(code); look at what it takes")
        }
    }
}
