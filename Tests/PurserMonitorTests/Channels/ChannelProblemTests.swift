import PurserMonitor
import PurserOperations
import Testing

@Suite
struct ChannelProblemTests {
    private func keys(_ change: (inout ChannelConfiguration) -> Void) -> [String] {
        var configuration = ChannelConfiguration()
        configuration.webhooks = [WebhookConfiguration(name: "hook", url: "https://example.org/a?b=c")]
        configuration.email = EmailConfiguration(to: ["root", "ops@example.org"])
        change(&configuration)
        return configuration.problems().map(\.key)
    }

    @Test
    func goodSettingsHaveNoProblems() {
        #expect(self.keys { _ in }.isEmpty)
        #expect(ChannelConfiguration().problems().isEmpty)
    }

    @Test(arguments: ["", "example.org", "ftp://example.org", "http:///", "https:///path", "file:///etc/passwd"])
    func addressMustBeHTTP(_ url: String) {
        var configuration = ChannelConfiguration()
        configuration.webhooks = [WebhookConfiguration(name: "hook", url: url)]
        let problems = configuration.problems()
        #expect(problems.map(\.key) == ["monitor.webhooks[0].url"])
        #expect(url.isEmpty || problems.allSatisfy { !$0.description.contains(url) }, "it may carry a secret")
    }

    @Test
    func everyProblemNamesItsKey() {
        #expect(self.keys { $0.webhooks[0].name = "" } == ["monitor.webhooks[0].name"])
        #expect(self.keys { $0.webhooks[0].secret = "short" } == ["monitor.webhooks[0].secret"])
        #expect(self.keys { $0.webhooks[0].delivery.timeout = .zero } == ["monitor.webhooks[0].timeout"])
        #expect(self.keys { $0.webhooks[0].delivery.attempts = 0 } == ["monitor.webhooks[0].attempts"])
        #expect(self.keys { $0.webhooks[0].delivery.retryDelay = .zero } == ["monitor.webhooks[0].retry_delay"])
        #expect(self.keys { $0.webhooks[0].delivery.queueCapacity = 0 } == ["monitor.webhooks[0].queue"])
        #expect(self.keys { $0.email?.to = [] } == ["monitor.email.to"])
        #expect(self.keys { $0.email?.command = [] } == ["monitor.email.command"])
        #expect(self.keys { $0.email?.from = "a b" } == ["monitor.email.from"])
        #expect(self.keys { $0.email?.delivery.timeout = .seconds(999) } == ["monitor.email.timeout"])
        let many = [WebhookConfiguration](repeating: .init(name: "a", url: "http://a"), count: 21)
        #expect(self.keys { $0.webhooks = many } == ["monitor.webhooks"])
    }

    @Test(arguments: [
        "a@b\nBcc: c@d", "a@b, c@d", "a b@c", "<a@b>", "a@b@c", "a@-b", "@b", "", "ä@b", "a@b\r", "a\u{0}@b",
    ])
    func addressThatCouldBeMoreIsRefused(_ address: String) {
        #expect(self.keys { $0.email?.to = [address] } == ["monitor.email.to[0]"])
    }

    @Test
    func descriptionTellsNoSecret() {
        let hook = WebhookConfiguration(name: "hook", url: "https://example.org/key", secret: "very secret indeed")
        #expect("\(hook)" == "webhook 'hook' (generic)")
        #expect(String(reflecting: [hook]) == "[webhook 'hook' (generic)]")
    }

    @Test
    func commandIsWords() {
        #expect(EmailConfiguration.words(of: "  sendmail -t\t-i ") == ["sendmail", "-t", "-i"])
        #expect(EmailConfiguration.words(of: "").isEmpty)
    }
}
