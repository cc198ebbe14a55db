import Foundation
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserMonitor

/// With real processes: msmtp speaking SMTP to a real server, and scripts that misbehave.
@Suite(.timeLimit(.minutes(1)))
struct EmailTests {
    private let clock = StepClock()
    private let log = LogRecorder()

    private func notifier(_ command: [String], attempts: Int = 1) -> Notifier {
        var email = EmailConfiguration(to: ["ops@example.org", "ada@example.org"])
        email.from = "purser@example.org"
        email.command = command
        email.delivery.attempts = attempts
        email.delivery.retryDelay = .seconds(10)
        var configuration = ChannelConfiguration()
        configuration.log.isEnabled = false
        configuration.email = email
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

    /// Runs a body with a command that runs a script.
    ///
    /// The shell reads it: a file that was just written may be held open for a moment by a process that another test
    /// forks, and the system starts no program that is open for writing.
    private func withScript(_ text: String, _ body: ([String], FilePath) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let path = folder.appending("mail.sh").string
            try Data("cd \(folder.string)\n\(text)\n".utf8).write(to: URL(filePath: path))
            try await body(["/bin/sh", path], folder)
        }
    }

    /// The command that sends to a sink.
    private func msmtp(_ sink: MailSink, in folder: FilePath) throws -> [String] {
        let settings = folder.appending("msmtprc").string
        let text = "account default\nhost 127.0.0.1\nport \(sink.port)\nfrom purser@example.org\n"
        try Data(text.utf8).write(to: URL(filePath: settings))
        return ["msmtp", "-C", settings, "-t", "-i"]
    }

    @Test(.enabled(if: MailSink.isAvailable, "needs msmtp and python3"))
    func mailArrivesAsItShould() async throws {
        try await withTemporaryFolder { folder in
            try await MailSink.run { sink in
                let notifier = self.notifier(try self.msmtp(sink, in: folder))
                try await self.run(notifier) {
                    notifier.send([.sample(subject: "Größe\nBcc: x@y", message: "voll: 95 % ≥ 90\n.\n..")])
                    let mail = try #require(try await sink.next())
                    #expect(mail.defects.isEmpty)
                    #expect(mail.sender == "purser@example.org")
                    #expect(mail.recipients == ["ops@example.org", "ada@example.org"])
                    #expect(mail.to == ["ops@example.org", "ada@example.org"])
                    #expect(mail.from == "Purser <purser@example.org>")
                    #expect(mail.subject == "[purser] critical firing: disk_critical (Größe Bcc: x@y)")
                    #expect(mail.date == "2023-11-14T22:14:20+00:00")
                    let id = "018bcfe5-7b88-7f87-840d-4b8dc49dd556-firing-1700000001000"
                    #expect(mail.messageID == "<\(id)@example.org>")
                    #expect(mail.body.hasPrefix("voll: 95 % ≥ 90\n.\n..\n\nalert: 018bcfe5"))
                    #expect(!mail.fields.contains("Bcc"))
                }
            }
        }
    }

    @Test(.enabled(if: MailSink.isAvailable, "needs msmtp and python3"))
    func serverThatIsBusyIsTriedAgain() async throws {
        try await withTemporaryFolder { folder in
            try await MailSink.run(refusals: 1) { sink in
                let notifier = self.notifier(try self.msmtp(sink, in: folder), attempts: 2)
                try await self.run(notifier) {
                    notifier.send([.sample()])
                    let line = await self.log.next("alert will be tried again")
                    #expect(line?.metadata["purser.error"]?.contains("not now") == true)
                    await self.clock.waitForSleepers()
                    self.clock.advance(by: .seconds(10))
                    let mail = try await sink.next()
                    #expect(mail?.subject == "[purser] critical firing: disk_critical")
                }
            }
        }
    }

    /// The program and what it started hold a pipe: its end says that all of them are gone.
    @Test
    func hangingProgramIsKilledWithAllItStarted() async throws {
        let script = "exec 3> pipe\nsleep 1000 &\necho started >&3\nwait"
        try await self.withScript(script) { command, folder in
            let pipe = folder.appending("pipe").string
            try #require(mkfifo(pipe, 0o600) == 0)
            let notifier = self.notifier(command)
            try await self.run(notifier) {
                notifier.send([.sample()])
                let lines = Self.lines(of: pipe)
                var iterator = lines.makeAsyncIterator()
                #expect(await iterator.next() == "started")
                await self.clock.waitForSleepers()
                self.clock.advance(by: .seconds(30))
                let line = await self.log.next("alert could not be delivered")
                #expect(line?.metadata["purser.error"] == "took longer than 30.0 seconds")
                #expect(await iterator.next() == nil)
            }
        }
    }

    @Test(arguments: [(75, true), (69, true), (1, true), (64, false), (78, false)])
    func exitCodeSaysWhetherToTryAgain(_ code: Int, _ isTransient: Bool) async throws {
        try await self.withScript("echo it failed >&2\nexit \(code)") { command, _ in
            let notifier = self.notifier(command, attempts: 2)
            try await self.run(notifier) {
                notifier.send([.sample()])
                if isTransient {
                    _ = await self.log.next("alert will be tried again")
                    await self.clock.waitForSleepers()
                    self.clock.advance(by: .seconds(10))
                }
                let line = await self.log.next("alert could not be delivered")
                #expect(line?.metadata["purser.attempts"] == (isTransient ? "2" : "1"))
                #expect(line?.metadata["purser.error"] == "/bin/sh ended with exited(\(code)): it failed")
            }
        }
    }

    /// One that says more than anybody reads, and never reads what it gets.
    @Test
    func talkativeProgramIsCutShort() async throws {
        try await self.withScript("yes nonsense | head -c 1000000 >&2\nexit 64") { command, _ in
            let notifier = self.notifier(command)
            try await self.run(notifier) {
                notifier.send([.sample()])
                let line = await self.log.next("alert could not be delivered")
                let error = try #require(line?.metadata["purser.error"])
                #expect(error.contains("nonsense; nonsense"))
                #expect(error.utf8.count < 1_200)
            }
        }
    }

    @Test
    func programThatIsNotThereIsNotTriedAgain() async throws {
        let notifier = self.notifier(["no-such-program-of-ours", "-t"], attempts: 3)
        try await self.run(notifier) {
            notifier.send([.sample()])
            let line = await self.log.next("alert could not be delivered")
            #expect(line?.metadata["purser.attempts"] == "1")
            #expect(line?.metadata["purser.error"] == "there is no program 'no-such-program-of-ours'")
        }
    }

    @Test
    func programGetsItsArgumentsAsTheyAreAndNothingElse() async throws {
        let script =
            #"for word; do echo "$word"; done > arguments; env | grep -v -e ^PWD= -e ^SHLVL= -e ^_= -e ^OLDPWD= > variables"#
        try await self.withScript(script + "\ncat > message; echo done >&2; exit 64") { command, folder in
            let notifier = self.notifier(command + ["-t", "; touch hacked", "$(touch hacked)"])
            try await self.run(notifier) {
                notifier.send([.sample()])
                _ = await self.log.next("alert could not be delivered")
            }
            func file(_ name: String) throws -> String {
                try String(contentsOfFile: folder.appending(name).string, encoding: .utf8)
            }
            #expect(try file("arguments") == "-t\n; touch hacked\n$(touch hacked)\n")
            let variables = try file("variables").split(separator: "\n")
            #expect(variables.map { $0.prefix { $0 != "=" } } == ["PATH"])
            #expect(try file("message").hasPrefix("From: Purser <purser@example.org>\n"))
            #expect(!FileManager.default.fileExists(atPath: folder.appending("hacked").string))
        }
    }

    /// The lines of a pipe, read on a thread of its own; they end when nobody can write to it any more.
    private static func lines(of pipe: String) -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream<String>.makeStream()
        Thread.detachNewThread {
            let data = FileHandle(forReadingAtPath: pipe).map { handle in
                var all = Data()
                while true {
                    let piece = handle.availableData
                    if piece.isEmpty { break }
                    all += piece
                    if all.last == 0x0a { continuation.yield(String(decoding: all.dropLast(), as: UTF8.self)) }
                }
                return all
            }
            if data == nil { continuation.yield("no pipe") }
            continuation.finish()
        }
        return stream
    }
}
