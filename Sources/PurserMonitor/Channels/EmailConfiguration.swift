import PurserOperations

/// Mail for each change of an alert, through the system's `sendmail` interface.
public struct EmailConfiguration: Sendable, Hashable {
    /// `monitor.email.to`: who gets the mails; 1 to 50 addresses.
    public var to: [String]
    /// `monitor.email.from`: whom they are from.
    public var from = "purser@localhost"
    /// `monitor.email.command`: the program that sends, and its arguments; run without a shell.
    ///
    /// It gets the message on its standard input and finds the receivers in the message's head.
    public var command = ["sendmail", "-t", "-i"]
    /// `monitor.email.environment`: all of the program's environment; its `PATH` is where the program is looked for.
    public var environment = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    /// `monitor.email.minimum_severity`: alerts below it are not sent.
    public var minimumSeverity = AlertSeverity.warning
    /// `monitor.email.timeout`, `.attempts`, `.retry_delay` and `.queue`: how often and how long it is tried.
    public var delivery = EmailConfiguration.patientDelivery

    /// Names the receivers.
    public init(to: [String]) {
        self.to = to
    }

    /// The words of a command line, between white space; quotes mean nothing.
    public static func words(of command: String) -> [String] {
        command.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A mail program may speak to a slow server.
    private static var patientDelivery: DeliveryConfiguration {
        var delivery = DeliveryConfiguration()
        delivery.timeout = .seconds(30)
        delivery.attempts = 3
        delivery.retryDelay = .seconds(10)
        return delivery
    }

    /// Everything that is wrong with these settings; empty when they can be.
    func problems() -> [SettingProblem] {
        let key = "monitor.email"
        var problems: [SettingProblem] = []
        if !(1...50).contains(self.to.count) {
            problems.append(SettingProblem("\(key).to", got: "\(self.to.count) addresses", takes: "1 to 50"))
        }
        for (index, address) in self.to.enumerated() where !Self.isAddress(address) {
            problems.append(SettingProblem("\(key).to[\(index)]", got: "'\(address)'", takes: "an address"))
        }
        if !Self.isAddress(self.from) {
            problems.append(SettingProblem("\(key).from", got: "'\(self.from)'", takes: "an address"))
        }
        if self.command.first?.isEmpty ?? true || self.command.contains(where: { $0.utf8.contains(0) }) {
            problems.append(SettingProblem("\(key).command", got: "\(self.command)", takes: "a program and arguments"))
        }
        return problems + self.delivery.problems(key: key)
    }

    /// An address as RFC 5322 writes it without quotes and comments, or the name of a local user.
    ///
    /// No letter of it can end a line or begin another address.
    static func isAddress(_ text: String) -> Bool {
        text.utf8.count <= 254
            && text.wholeMatch(
                of: /[A-Za-z0-9!#$%&'*+\/=?^_`{|}~.\-]{1,64}(@[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?)?/
            )
                != nil
    }
}
