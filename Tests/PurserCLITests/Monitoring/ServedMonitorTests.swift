import Crypto
import Foundation
import NIOHTTP1
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserCLI

/// What the monitor of the real program does by itself, set by a real file: exports, webhooks, mail.
@Suite("Monitoring of a server", .timeLimit(.minutes(2)))
struct ServedMonitorTests {
    private static let secret = "a secret of 24 letters.."

    /// Runs the program against a server.
    private static func run(
        _ arguments: [String],
        _ server: ServerProgram,
        in folder: FilePath
    ) async throws -> Program.Outcome {
        try await Program.run(arguments + ["--server", server.url], in: folder)
    }

    /// Says how much is left, by which the rule of these tests goes.
    private static func record(_ value: Int, _ server: ServerProgram, in folder: FilePath) async throws {
        let outcome = try await Self.run(["metrics", "record", "tape.left", "\(value)"], server, in: folder)
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
    }

    private static func alerts(_ rule: String, _ server: ServerProgram, in folder: FilePath) async throws -> [[String:
        Any]]
    {
        let outcome = try await Self.run(["alerts", "--json"], server, in: folder)
        try #require(outcome.status == 0, "\(outcome.diagnostics)")
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let alerts = try #require((json as? [String: Any])?["alerts"] as? [[String: Any]])
        return alerts.filter { $0["rule"] as? String == rule }
    }

    /// Settings with a rule of one's own, and what else is given, indented below `monitor`.
    private static func settings(_ more: String, in folder: FilePath) throws -> FilePath {
        let file = folder.appending("purser.yaml")
        try file.write(
            """
            monitor:
              metrics: tape.left
              alerts:
                every: 1s
                notify_interval: 0s
                rules:
                  - name: tape_low
                    metric: tape.left
                    aggregation: last
                    window: 1h
                    comparison: "<"
                    threshold: 10
                    severity: critical
                    message: the tape ends
            \(more)

            """
        )
        return file
    }

    // MARK: Exports

    /// Looks into the folder until so many exports were there, and only the latest three are.
    ///
    /// - Returns: The latest three, the oldest first.
    private static func exports(of folder: FilePath, seen count: Int) async throws -> [String] {
        var seen: Set<String> = []
        while true {
            let names = try folder.names().filter { $0.hasSuffix(".json") }
            seen.formUnion(names)
            if seen.count >= count, names.count == 3 {
                #expect(names.sorted() == seen.sorted().suffix(3))
                return names.sorted()
            }
            try #require(names.count <= 5, "one more than are kept while it is written, and one that a kill left")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func validate(_ path: FilePath) async throws {
        let script = repository.appending(path: "scripts/validate-json.py").path
        let schema = repository.appending(path: "docs/metrics.schema.json").path
        let outcome = try await runTool("python3", [script, "--closed", schema, path.string])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    @Test func exportsAreWrittenByThemselvesAndTheLatestAreKept() async throws {
        try await withTemporaryFolder { folder in
            let exports = folder.appending("exports")
            try FileManager.default.createDirectory(atPath: exports.string, withIntermediateDirectories: false)
            let file = folder.appending("purser.yaml")
            try file.write(
                """
                monitor:
                  export: {every: 1s, path: "\(exports)/metrics-%Y%m%dT%H%M%SZ.json", keep: 3}

                """
            )
            let store = folder.appending("store")
            let first = try await ServerProgram.serve(store, in: folder, settings: file) { server in
                for (name, text) in [("a", "hello"), ("b", "hello"), ("c", "world!")] {
                    try folder.appending(name).write(text)
                    #expect(try await Self.run(["put", name], server, in: folder).status == 0)
                }
                #expect(try await Self.run(["rm", "absent"], server, in: folder).status == 1)
                // All of that is in the exports that come now.
                let before = try exports.names().count
                let names = try await Self.exports(of: exports, seen: before + 4)
                let path = exports.appending(try #require(names.last))
                try await Self.validate(path)
                let json = try JSONSerialization.jsonObject(with: Data(path.read().utf8))
                let document = try #require(json as? [String: Any])
                let performance = document["performance"] as? [String: Any]
                let kinds = try #require(performance?["operations"] as? [String: [String: Any]])
                #expect(kinds["upload"]?["succeeded"] as? Int == 3 && kinds["upload"]?["bytes"] as? Int == 16)
                #expect(kinds["delete"]?["failed"] as? Int == 1)
                let storage = document["storage"] as? [String: Any]
                #expect(storage?["files"] as? Int == 3 && storage?["distinct_bytes"] as? Int == 11)
                try await server.kill()
                return Set(try exports.names().filter { $0.hasSuffix(".json") })
            }
            // Those of the process that was killed go in their turn.
            try await ServerProgram.serve(store, in: folder, settings: file) { _ in
                let names = try await Self.exports(of: exports, seen: first.count + 3)
                #expect(first.isDisjoint(with: names))
            }
        }
    }

    // MARK: Webhooks

    /// What was posted of a rule, once that has come; what else is told meanwhile is passed over.
    private static func next(
        _ event: String,
        of rule: String,
        from receiver: WebhookReceiver
    ) async throws -> (request: WebhookReceiver.Request, alert: [String: Any]) {
        while let request = await receiver.next() {
            let json = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
            let document = try #require(json as? [String: Any])
            let alert = try #require(document["alert"] as? [String: Any])
            guard alert["rule"] as? String == rule else { continue }
            #expect(document["version"] as? Int == 1)
            #expect(document["event"] as? String == event)
            return (request, alert)
        }
        throw CommandError("the receiver has ended")
    }

    /// As a receiver checks it that has the secret and the documentation.
    private static func expectSigned(_ request: WebhookReceiver.Request) throws {
        let field = try #require(request.headers["X-Purser-Signature"].first)
        let match = try #require(field.wholeMatch(of: /t=([0-9]+),v1=([0-9a-f]{64})/), "\(field)")
        let key = SymmetricKey(data: Data(Self.secret.utf8))
        let code = HMAC<SHA256>.authenticationCode(for: Data("\(match.1).\(request.body)".utf8), using: key)
        #expect(code.map { String(format: "%02x", $0) }.joined() == String(match.2))
    }

    @Test func alertIsPostedSignedAndSoIsItsEnd() async throws {
        try await WebhookReceiver.run { receiver in
            try await withTemporaryFolder { folder in
                let hook = "  webhooks: [{name: duty, url: \"\(receiver.url)\", secret: \"\(Self.secret)\"}]"
                let file = try Self.settings(hook, in: folder)
                try await ServerProgram.serve(folder.appending("store"), in: folder, settings: file) { server in
                    try await Self.record(3, server, in: folder)
                    let (fired, alert) = try await Self.next("firing", of: "tape_low", from: receiver)
                    #expect(fired.method == .POST && fired.path == "/hook")
                    try Self.expectSigned(fired)
                    #expect(alert["value"] as? Double == 3 && alert["threshold"] as? Double == 10)
                    #expect(alert["severity"] as? String == "critical" && alert["state"] as? String == "firing")
                    #expect((alert["message"] as? String)?.hasPrefix("the tape ends: ") == true)

                    try await Self.record(50, server, in: folder)
                    let (ended, over) = try await Self.next("resolved", of: "tape_low", from: receiver)
                    try Self.expectSigned(ended)
                    #expect(over["id"] as? String == alert["id"] as? String && over["value"] as? Double == 50)
                    #expect(over["resolved_at"] is String)
                }
            }
        }
    }

    /// A rule that is there from the start, by its real condition; somebody resolves it, and it stays so.
    @Test func shippedRuleFiresAndStaysResolvedByHand() async throws {
        try await WebhookReceiver.run { receiver in
            try await withTemporaryFolder { folder in
                let hook = "  webhooks: [{name: duty, url: \"\(receiver.url)\", secret: \"\(Self.secret)\"}]"
                let file = try Self.settings(hook, in: folder)
                try await ServerProgram.serve(folder.appending("store"), in: folder, settings: file) { server in
                    let absent = (0..<25).map { "absent-\($0)" }
                    #expect(try await Self.run(["rm"] + absent, server, in: folder).status == 1)
                    let (fired, alert) = try await Self.next("firing", of: "failing_operations", from: receiver)
                    try Self.expectSigned(fired)
                    #expect(alert["value"] as? Double == 100 && alert["severity"] as? String == "error")
                    let id = try #require(alert["id"] as? String)
                    #expect(try await Self.run(["alerts", "acknowledge", id], server, in: folder).status == 0)
                    _ = try await Self.next("acknowledged", of: "failing_operations", from: receiver)
                    #expect(try await Self.run(["alerts", "resolve", id], server, in: folder).status == 0)
                    let (_, over) = try await Self.next("resolved", of: "failing_operations", from: receiver)
                    #expect(over["id"] as? String == id)

                    // Two looks at the rules later, the condition still holds, and there is no other alert.
                    for (value, event) in [(3, "firing"), (50, "resolved")] {
                        try await Self.record(value, server, in: folder)
                        _ = try await Self.next(event, of: "tape_low", from: receiver)
                    }
                    let alerts = try await Self.alerts("failing_operations", server, in: folder)
                    #expect(alerts.map { $0["id"] as? String } == [id])
                    #expect(alerts.first?["state"] as? String == "resolved")
                }
            }
        }
    }

    // MARK: Mail

    @Test(.enabled(if: MailSink.isAvailable, "needs msmtp and python3"))
    func alertAndItsEndArriveAsMail() async throws {
        try await MailSink.run { sink in
            try await withTemporaryFolder { folder in
                let account = folder.appending("msmtprc")
                try account.write("account default\nhost 127.0.0.1\nport \(sink.port)\nfrom purser@example.org\n")
                let mail = """
                      email:
                        to: ada@example.org, charles@example.org
                        from: purser@example.org
                        minimum_severity: critical
                        command: msmtp -C \(account) -t -i
                    """
                let file = try Self.settings(mail, in: folder)
                try await ServerProgram.serve(folder.appending("store"), in: folder, settings: file) { server in
                    for (value, event) in [(3, "firing"), (50, "resolved")] {
                        try await Self.record(value, server, in: folder)
                        let mail = try await Self.nextMail(of: "tape_low", from: sink)
                        #expect(mail.subject == "[purser] critical \(event): tape_low")
                        #expect(mail.sender == "purser@example.org")
                        #expect(mail.recipients == ["ada@example.org", "charles@example.org"])
                        #expect(mail.body.hasPrefix("the tape ends: ") && mail.defects.isEmpty)
                    }
                }
            }
        }
    }

    private static func nextMail(of rule: String, from sink: MailSink) async throws -> MailSink.Mail {
        while let mail = try await sink.next() {
            if mail.subject.contains(rule) { return mail }
        }
        throw CommandError("the sink has ended")
    }
}
