import Foundation
import NIOHTTP1
import PurserTestSupport
import Testing

@testable import PurserMonitor

/// Against a real server, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct WebhookTests {
    private let clock = StepClock()
    private let log = LogRecorder()
    private static let secret = "a secret of 24 letters.."

    private func notifier(
        _ url: String,
        format: WebhookConfiguration.Format = .generic,
        attempts: Int = 3
    ) -> Notifier {
        var webhook = WebhookConfiguration(name: "hook", url: url, secret: Self.secret)
        webhook.format = format
        webhook.delivery.attempts = attempts
        var configuration = ChannelConfiguration()
        configuration.log.isEnabled = false
        configuration.webhooks = [webhook]
        return Notifier(
            configuration,
            product: "purser/1.2.3",
            clock: self.clock,
            now: { .after(60) },
            logger: self.log.logger
        )
    }

    private func run(_ notifier: Notifier, _ body: () async throws -> Void) async throws {
        try await whileRunning({ try await notifier.run() }, body)
    }

    @Test
    func alertIsPostedAndSigned() async throws {
        try await WebhookReceiver.run { receiver in
            let notifier = self.notifier(receiver.url)
            try await self.run(notifier) {
                notifier.send([.sample(subject: "a", message: "full: \"90 %\" ≥ 80")])
                let request = try #require(await receiver.next())
                #expect(request.method == .POST)
                #expect(request.path == "/hook")
                #expect(request.headers["Content-Type"] == ["application/json"])
                #expect(request.headers["User-Agent"] == ["purser/1.2.3"])
                let expected = WebhookSignature.value(of: Data(request.body.utf8), secret: Self.secret, at: .after(60))
                #expect(request.headers["X-Purser-Signature"] == [expected])
                let json = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
                let document = try #require(json as? [String: Any])
                #expect(document["version"] as? Int == 1)
                #expect(document["event"] as? String == "firing")
                #expect(document["at"] as? String == "2023-11-14T22:13:21.000Z")
                let alert = try #require(document["alert"] as? [String: Any])
                #expect(alert["rule"] as? String == "disk_critical")
                #expect(alert["message"] as? String == "full: \"90 %\" ≥ 80")
                #expect(alert["value"] as? Double == 9.5)
                #expect(alert["resolved_at"] is NSNull)
            }
        }
    }

    @Test
    func slackGetsItsFormat() async throws {
        try await WebhookReceiver.run { receiver in
            let notifier = self.notifier(receiver.url, format: .slack)
            try await self.run(notifier) {
                notifier.send([.sample(subject: "a<b>&c", message: "<!channel> & so on")])
                let request = try #require(await receiver.next())
                let json = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
                let message = try #require(json as? [String: Any])
                let text = "[purser] critical firing: disk_critical (a&lt;b&gt;&amp;c)"
                #expect(message["text"] as? String == text)
                let attachments = try #require(message["attachments"] as? [[String: Any]])
                #expect(attachments.count == 1)
                #expect(attachments.first?["color"] as? String == "danger")
                #expect(attachments.first?["text"] as? String == "&lt;!channel&gt; &amp; so on")
                #expect(attachments.first?["ts"] as? Int == 1_700_000_001)
            }
        }
    }

    /// Computed by `printf '1700000060.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of 24 letters..'`.
    @Test
    func signatureIsThatOfOthers() {
        let value = WebhookSignature.value(of: Data(#"{"a":1}"#.utf8), secret: Self.secret, at: .after(60))
        #expect(value == "t=1700000060,v1=794b2be8a288c3d36c1e3d052fcecb1e06fd864bfc30d2402245ab8e98490ac4")
    }

    @Test(arguments: [
        WebhookReceiver.Reply.status(.internalServerError), .status(.tooManyRequests), .status(.requestTimeout), .close,
    ])
    func failureIsTriedAgain(_ reply: WebhookReceiver.Reply) async throws {
        try await WebhookReceiver.run([reply]) { receiver in
            let notifier = self.notifier(receiver.url)
            try await self.run(notifier) {
                notifier.send([.sample(), .sample(event: .resolved)])
                let first = try #require(await receiver.next())
                await self.waitForRetry()
                self.clock.advance(by: .seconds(1))
                let second = try #require(await receiver.next())
                #expect(second.body == first.body)
                #expect(second.headers["X-Purser-Delivery"] == first.headers["X-Purser-Delivery"])
                let third = try #require(await receiver.next())
                #expect(third.headers["X-Purser-Delivery"] != first.headers["X-Purser-Delivery"])
            }
            #expect(notifier.channels[0].figures.retries == 1)
            #expect(notifier.channels[0].figures.failed == 0)
        }
    }

    @Test(arguments: [WebhookReceiver.Reply.status(.badRequest), .status(.notFound), .status(.forbidden)])
    func refusalIsFinal(_ reply: WebhookReceiver.Reply) async throws {
        try await WebhookReceiver.run([reply]) { receiver in
            let notifier = self.notifier(receiver.url)
            try await self.run(notifier) {
                notifier.send([.sample()])
                let line = await self.log.next("alert could not be delivered")
                #expect(line?.metadata["purser.attempts"] == "1")
            }
            #expect(receiver.count.value == 1)
        }
    }

    @Test
    func redirectIsNotFollowed() async throws {
        try await WebhookReceiver.run { target in
            try await WebhookReceiver.run([.status(.temporaryRedirect, ["Location": target.url])]) { receiver in
                let notifier = self.notifier(receiver.url)
                try await self.run(notifier) {
                    notifier.send([.sample()])
                    let line = await self.log.next("alert could not be delivered")
                    #expect(line?.metadata["purser.error"] == "answered 307: redirects are not followed")
                }
                #expect(receiver.count.value == 1)
                #expect(target.count.value == 0)
            }
        }
    }

    @Test(arguments: [WebhookReceiver.Reply.hang, .stall])
    func hangingReceiverIsLeftAtItsTime(_ reply: WebhookReceiver.Reply) async throws {
        try await WebhookReceiver.run([reply]) { receiver in
            let notifier = self.notifier(receiver.url, attempts: 1)
            try await self.run(notifier) {
                notifier.send([.sample(), .sample(event: .resolved)])
                _ = await receiver.next()
                await self.clock.waitForSleepers()
                self.clock.advance(by: .seconds(10))
                let line = await self.log.next("alert could not be delivered")
                #expect(line?.metadata["purser.error"] == "took longer than 10.0 seconds")
                #expect(await receiver.next()?.body.contains("resolved") == true)
            }
        }
    }

    @Test
    func receiverThatIsNotThereIsTriedAgainAndGivenUp() async throws {
        var url = ""
        try await WebhookReceiver.run { url = $0.url }
        let notifier = self.notifier(url, attempts: 2)
        try await self.run(notifier) {
            notifier.send([.sample()])
            await self.waitForRetry()
            self.clock.advance(by: .seconds(1))
            let line = await self.log.next("alert could not be delivered")
            #expect(line?.metadata["purser.attempts"] == "2")
            let everything = self.log.lines.map { "\($0)" }.joined()
            #expect(!everything.contains(url), "an address may carry a secret")
        }
    }

    /// Returns when an attempt has failed and the next one waits for its time.
    private func waitForRetry() async {
        _ = await self.log.next("alert will be tried again")
        await self.clock.waitForSleepers()
    }
}
