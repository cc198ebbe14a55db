import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The channel that posts alerts to an address.
///
/// A redirect is a failure: following one would carry the alert, and its signature, to somebody else. Of the answer
/// only the status counts; its body is read up to a bound, so that the connection can serve again.
enum WebhookChannel {
    private static let maxAnswerBytes = 16 * 1024

    static func make(_ configuration: WebhookConfiguration, _ surroundings: ChannelSurroundings) -> AlertChannel {
        surroundings.channel(
            configuration.name,
            configuration.minimumSeverity,
            configuration.delivery
        ) { serve in
            try await HTTPClient.withHTTPClient(configuration: Self.client(configuration)) { client in
                try await serve { notification in
                    try await Self.post(notification, configuration, with: client, surroundings)
                }
            }
        }
    }

    private static func client(_ configuration: WebhookConfiguration) -> HTTPClient.Configuration {
        let (seconds, attoseconds) = configuration.delivery.timeout.components
        let limit = TimeAmount.seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
        var client = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: limit, read: limit),
            decompression: .disabled
        )
        client.httpVersion = .http1Only
        client.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1
        // A connection that cannot be made is a failed attempt, and counted as one.
        client.connectionPool.retryConnectionEstablishment = false
        return client
    }

    private static func post(
        _ notification: AlertNotification,
        _ configuration: WebhookConfiguration,
        with client: HTTPClient,
        _ surroundings: ChannelSurroundings
    ) async throws {
        let body = try WebhookBody.make(notification, configuration.format)
        var request = HTTPClientRequest(url: configuration.url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: surroundings.product)
        request.headers.add(name: "X-Purser-Delivery", value: WebhookBody.deliveryID(notification))
        if let secret = configuration.secret {
            let signature = WebhookSignature.value(of: body, secret: secret, at: surroundings.now())
            request.headers.add(name: WebhookSignature.field, value: signature)
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let answer: HTTPClientResponse
        do {
            // The channel keeps the time: the client's own limit would end with the head of the answer.
            answer = try await client.execute(request, deadline: .distantFuture)
        } catch let error as HTTPClientError {
            throw DeliveryError(description: error.shortDescription, isTransient: Self.isTransient(error))
        }
        // Whatever is wrong with the body, the status has come.
        _ = try? await answer.body.collect(upTo: Self.maxAnswerBytes)
        try Task.checkCancellation()
        if let failure = Self.failure(of: answer) { throw failure }
    }

    private static func failure(of answer: HTTPClientResponse) -> DeliveryError? {
        let code = Int(answer.status.code)
        switch code {
        case 200..<300: return nil
        case 300..<400:
            return DeliveryError(description: "answered \(code): redirects are not followed", isTransient: false)
        case 408, 425, 429, 500...:
            let seconds = answer.headers.first(name: "Retry-After").flatMap(Int64.init) ?? 0
            return DeliveryError(
                description: "answered \(code)",
                isTransient: true,
                retryAfter: .seconds(min(max(0, seconds), 3600))
            )
        default: return DeliveryError(description: "answered \(code)", isTransient: false)
        }
    }

    private static func isTransient(_ error: HTTPClientError) -> Bool {
        error != .invalidURL && error != .emptyHost && error != .emptyScheme
    }
}
