import Foundation
import Synchronization
import SystemPackage

/// A real SMTP server, a process of its own, that takes mail and says what Python's parser of mail makes of it.
package final class MailSink: Sendable {
    /// A mail that came, as an independent parser reads it.
    package struct Mail: Decodable, Sendable {
        /// Of the envelope.
        package var sender: String
        /// Of the envelope.
        package var recipients: [String]
        /// Its field, decoded.
        package var subject: String
        /// Its field.
        package var from: String
        /// The addresses of the field.
        package var to: [String]
        /// The field, as ISO 8601.
        package var date: String
        /// Its field.
        package var messageID: String
        /// The text, decoded.
        package var body: String
        /// What is wrong with it.
        package var defects: [String]
        /// The names of the fields of its head.
        package var fields: [String]
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let lines: AsyncStream<String>

    private init(port: Int, lines: AsyncStream<String>) {
        self.port = port
        self.lines = lines
    }

    /// Whether what it needs is installed.
    package static let isAvailable = ["python3", "msmtp"].allSatisfy { MailSink.path(of: $0) != nil }

    private static func path(of program: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Waits for the next mail.
    package func next() async throws -> Mail? {
        for await line in self.lines { return try JSONDecoder().decode(Mail.self, from: Data(line.utf8)) }
        return nil
    }

    /// Runs a server beside a body; it refuses so many mails for now (451) before it takes one.
    package static func run(refusals: Int = 0, _ body: (MailSink) async throws -> Void) async throws {
        let process = Process()
        process.executableURL = URL(filePath: Self.path(of: "python3") ?? "/usr/bin/python3")
        process.arguments = ["-c", Self.script, "\(refusals)"]
        let output = Pipe()
        process.standardOutput = output
        let (lines, continuation) = AsyncStream<String>.makeStream()
        let splitter = LineSplitter()
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return continuation.finish()
            }
            for line in splitter.add(data) { continuation.yield(line) }
        }
        try process.run()
        let outcome: Result<Void, any Error>
        do {
            var first: String?
            for await line in lines {
                first = line
                break
            }
            outcome = .success(try await body(MailSink(port: first.flatMap { Int($0) } ?? 0, lines: lines)))
        } catch {
            outcome = .failure(error)
        }
        // Not a request to end: the process inherits whichever signals its starter's thread has blocked.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try outcome.get()
    }

    private final class LineSplitter: Sendable {
        private let rest = Mutex(Data())

        func add(_ data: Data) -> [String] {
            self.rest.withLock { rest in
                rest += data
                var lines: [String] = []
                while let end = rest.firstIndex(of: 0x0a) {
                    lines.append(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                    rest = Data(rest[rest.index(after: end)...])
                }
                return lines
            }
        }
    }

    private static let script = #"""
        import asyncio, email, email.policy, json, sys

        refusals = int(sys.argv[1])

        async def serve(reader, writer):
            global refusals
            def say(text):
                writer.write((text + "\r\n").encode())
            sender, recipients = "", []
            say("220 sink")
            while True:
                line = (await reader.readline()).decode("utf-8", "replace")
                command = line.strip().upper()
                if not line or command.startswith("QUIT"):
                    say("221 bye")
                    break
                if command.startswith(("EHLO", "HELO")):
                    say("250 sink")
                elif command.startswith("MAIL FROM:"):
                    sender, recipients = line[10:].strip().strip("<>"), []
                    say("250 ok")
                elif command.startswith("RCPT TO:"):
                    recipients.append(line[8:].strip().strip("<>"))
                    say("250 ok")
                elif command.startswith("DATA"):
                    say("354 go on")
                    data = b""
                    while not data.endswith(b"\r\n.\r\n"):
                        data += await reader.readline()
                    if refusals > 0:
                        refusals -= 1
                        say("451 not now")
                        continue
                    report(sender, recipients, data[:-3].replace(b"\r\n..", b"\r\n."))
                    say("250 taken")
                else:
                    say("500 what?")
            writer.close()

        def report(sender, recipients, data):
            mail = email.message_from_bytes(data, policy=email.policy.default)
            defects = list(mail.defects) + [d for f in mail.values() for d in getattr(f, "defects", [])]
            print(json.dumps({
                "sender": sender, "recipients": recipients, "subject": mail["subject"], "from": mail["from"],
                "to": [a.addr_spec for a in mail["to"].addresses], "date": mail["date"].datetime.isoformat(),
                "messageID": mail["message-id"], "body": mail.get_content(), "defects": [str(d) for d in defects],
                "fields": mail.keys(),
            }), flush=True)

        async def main():
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()

        asyncio.run(main())
        """#
}
