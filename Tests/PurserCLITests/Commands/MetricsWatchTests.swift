import ArgumentParser
import Foundation
import Purser
import PurserTestSupport
import SystemPackage
import Testing

@testable import PurserCLI

@Suite("Watching metrics", .timeLimit(.minutes(1)))
struct MetricsWatchTests {
    /// Watches for 25 s with a look every 10 s, and steps the clock.
    private func watch(_ style: Console.Style) async throws -> String {
        let captured = Console.captured(style)
        try await LiveService.run(.remote, { $0.monitor.alerts.rules = [] }) { live in
            let options = try CommonOptions.parse(["--server", live.url ?? ""])
            let session = Session(options: options, console: captured.console, environment: [:])
            let command = try MetricsShowCommand.parse(["--watch", "--duration", "25s"])
            let clock = StepClock()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await command.run(in: session, clock: clock) }
                for _ in 1...2 {
                    await clock.waitForSleepers()
                    clock.advance(by: .seconds(10))
                }
                try await group.waitForAll()
            }
            #expect(clock.now.offset == .seconds(20), "a fourth look would be after the end")
        }
        return captured.output
    }

    @Test func eachLookIsADocumentForPrograms() async throws {
        let lines = try await self.watch(.init(isJSON: true)).split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["version"] as? Int == 1)
        }
    }

    @Test func blocksAreSeparatedWhereThereIsNoTerminal() async throws {
        let output = try await self.watch(.init())
        let blocks = output.components(separatedBy: String(repeating: "-", count: 40) + "\n")
        #expect(blocks.count == 3)
        for block in blocks {
            #expect(block.hasPrefix("purser \(PurserVersion.current) at "))
            #expect(block.hasSuffix("alerts      none\n"))
        }
        #expect(!output.contains("\u{1b}"))
    }

    @Test func aTerminalIsDrawnAgain() async throws {
        let output = try await self.watch(.init(isOutputTerminal: true, isOutputScreen: true))
        let pages = output.components(separatedBy: "\u{1b}[H").dropFirst()
        #expect(pages.count == 3)
        for page in pages {
            #expect(page.hasPrefix("purser \(PurserVersion.current) at "))
            #expect(page.hasSuffix("\u{1b}[K\r\n\u{1b}[J"))
        }
    }

    @Test func aSlowServerIsNotAskedWithoutAPause() async throws {
        let clock = StepClock()
        let watch = MetricsWatch(interval: .seconds(10), duration: .seconds(60), clock: clock)
        let looks = try await withThrowingTaskGroup(of: [Duration].self) { group in
            group.addTask {
                var looks: [Duration] = []
                try await watch.run { count in
                    looks.append(clock.now.offset)
                    if count == 0 { clock.advance(by: .seconds(35)) }
                }
                return looks
            }
            for _ in 1...2 {
                await clock.waitForSleepers()
                clock.advance(by: .seconds(10))
            }
            return try await group.next()
        }
        #expect(looks == [.zero, .seconds(45), .seconds(55)])
    }

    @Test func aFailureEndsItUnlessItWasCancelled() async throws {
        let watch = MetricsWatch(interval: .seconds(10), duration: nil, clock: StepClock())
        let failure = CommandError("gone")
        await #expect(throws: failure) { try await watch.run { _ in throw failure } }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await watch.run { _ in throw failure }
        }
        try await cancelled.value
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalEndsItWithoutComplaint(_ signal: Int32) async throws {
        try await withTemporaryFolder { folder in
            try await ServerProgram.serve(folder.appending("store"), in: folder) { server in
                let output = Pipe()
                let program = try Program(
                    ["metrics", "--watch", "--interval", "1h", "--json", "--server", server.url],
                    in: folder,
                    output: output
                )
                var line = ""
                while !line.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1),
                    !byte.isEmpty
                {
                    line += String(decoding: byte, as: UTF8.self)
                }
                #expect(line.hasSuffix("}\n"))
                program.signal(signal)
                let outcome = try await program.outcome()
                #expect(outcome.status == 0)
                #expect(outcome.diagnostics == "")
            }
        }
    }
}
