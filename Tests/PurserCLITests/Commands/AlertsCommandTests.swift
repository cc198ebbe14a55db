import ArgumentParser
import Foundation
import Purser
import SystemPackage
import Testing

@testable import PurserCLI

/// Alerts and errors of a real server.
@Suite("Alerts and errors", .timeLimit(.minutes(1)))
struct AlertsCommandTests {
    private struct Jam: OperationFailure {
        var failureCode: String { "paper_jam" }
        var failureMessage: String { "the paper is stuck" }
    }

    /// What is true of the machine must not meet what is tested.
    private static let withoutRules: @Sendable (inout PurserConfiguration) -> Void = { $0.monitor.alerts.rules = [] }

    private func raise(in live: LiveService) throws -> String {
        var event = AlertEvent(name: "tape_full", severity: .critical, subject: "tape 7", message: "no tape left")
        event.value = 99
        event.threshold = 90
        live.manager.monitor.alerts.raise(event)
        return try #require(live.manager.alerts().first).id
    }

    @Test func anAlertIsShownAcknowledgedAndResolved() async throws {
        try await LiveService.run(.remote, Self.withoutRules) { live in
            let id = try self.raise(in: live)
            let (session, captured) = try live.session()
            try await AlertListCommand.parse(["--state", "firing"]).run(in: session)
            #expect(captured.output.hasPrefix("\(id)  "))
            #expect(captured.output.contains("  critical  firing        tape_full (tape 7): no tape left\n"))

            try await AlertAcknowledgeCommand.parse([id]).run(in: session)
            #expect(captured.output.hasSuffix("alert \(id), tape_full (tape 7), is acknowledged\n"))
            #expect(live.manager.alerts().map(\.state) == [.acknowledged])
            try await AlertResolveCommand.parse([id]).run(in: session)
            #expect(captured.output.hasSuffix("alert \(id), tape_full (tape 7), is resolved\n"))
            #expect(live.manager.alerts().map(\.state) == [.resolved])

            let (reader, page) = try live.session()
            try await AlertShowCommand.parse([id]).run(in: reader)
            let lines = page.output.split(separator: "\n")
            #expect(lines.contains("value         99"))
            #expect(lines.contains("threshold     90"))
            #expect(lines.filter { $0.hasPrefix("history ") }.count == 3)
            #expect(try #require(lines.last).contains("resolved: "))

            let again = try AlertAcknowledgeCommand.parse([id])
            let error = await #expect(throws: CommandError.self) { try await again.run(in: session) }
            #expect(error?.code == "alert_resolved")
        }
    }

    @Test func programsGetTheServersDocuments() async throws {
        try await LiveService.run(.remote, Self.withoutRules) { live in
            let id = try self.raise(in: live)
            let commands: [any SessionCommand] = [
                try AlertListCommand.parse([]), try AlertShowCommand.parse([id]),
                try AlertAcknowledgeCommand.parse([id]), try AlertResolveCommand.parse([id]),
            ]
            var states: [String] = []
            for command in commands {
                let (session, captured) = try live.session(isJSON: true)
                try await command.run(in: session)
                #expect(captured.output.filter { $0 == "\n" }.count == 1)
                let object = try JSONSerialization.jsonObject(with: Data(captured.output.utf8)) as? [String: Any]
                let alert = (object?["alerts"] as? [[String: Any]])?.first ?? object
                #expect(alert?["id"] as? String == id)
                states.append(try #require(alert?["state"] as? String))
            }
            #expect(states == ["firing", "firing", "acknowledged", "resolved"])
        }
    }

    @Test(arguments: ["nothing", "../alerts", "a b", "ä", "?state=firing"])
    func anUnknownAlertIsAFailure(_ id: String) async throws {
        try await LiveService.run(.remote, Self.withoutRules) { live in
            _ = try self.raise(in: live)
            let (session, captured) = try live.session()
            let commands: [any SessionCommand] = [
                try AlertShowCommand.parse([id]), try AlertAcknowledgeCommand.parse([id]),
                try AlertResolveCommand.parse([id]),
            ]
            for command in commands {
                let error = await #expect(throws: CommandError.self, "\(type(of: command))") {
                    try await command.run(in: session)
                }
                #expect(error?.status == .failed)
                #expect(error?.code == "alert_not_found")
                #expect(captured.output == "")
            }
            #expect(live.manager.alerts().map(\.state) == [.firing])
        }
    }

    @Test func noAlertsAndNoErrorsAreSaidToBeNone() async throws {
        try await LiveService.run(.remote, Self.withoutRules) { live in
            let (session, captured) = try live.session()
            try await AlertListCommand.parse([]).run(in: session)
            try await ErrorsCommand.parse([]).run(in: session)
            #expect(captured.output == "")
            #expect(captured.diagnostics == "there are no such alerts\nthere are no such errors\n")
        }
    }

    @Test func errorsAreListedByCodeAndSeverity() async throws {
        try await LiveService.run(.remote, Self.withoutRules) { live in
            for _ in 1...3 {
                await #expect(throws: Jam.self) {
                    try await live.manager.withOperation("scan") { _ in throw Jam() }
                }
            }
            let runs: [([String], Int)] = [
                ([], 3), (["--limit", "2"], 2), (["--code", "paper_jam"], 3), (["--code", "other"], 0),
                (["--severity", "high"], 3), (["--severity", "low"], 0),
            ]
            for (arguments, count) in runs {
                let (session, captured) = try live.session()
                try await ErrorsCommand.parse(arguments).run(in: session)
                let lines = captured.output.split(separator: "\n")
                #expect(lines.count == count, "\(arguments)")
                #expect(lines.allSatisfy { $0.contains("  high      ") }, "\(arguments)")
                #expect(lines.allSatisfy { $0.contains("  paper_jam  ") }, "\(arguments)")
                #expect(lines.allSatisfy { $0.contains(": the paper is stuck  (operation ") }, "\(arguments)")
                let (machine, document) = try live.session(isJSON: true)
                try await ErrorsCommand.parse(arguments).run(in: machine)
                let list = try DocumentCoding.decode(ErrorListDocument.self, from: Data(document.output.utf8))
                #expect(list.errors.count == count, "\(arguments)")
            }
        }
    }
}
