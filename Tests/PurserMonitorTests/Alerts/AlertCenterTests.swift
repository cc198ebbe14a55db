import Foundation
import Logging
import PurserCatalog
import PurserIdentifiers
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserMonitor

/// With a real catalog, closed and opened between one process and the next.
@Suite
struct AlertCenterTests {
    /// What lasts from one process to the next, and what a test sets.
    private final class World: Sendable {
        let path: String
        let now = Mutex(Date.after(0))
        let value = Mutex<Double?>(11)
        let log = LogRecorder()

        init(_ path: String) {
            self.path = path
        }

        func read(_ query: MetricQuery) -> [MetricReading] {
            self.value.withLock { $0 }.map { [MetricReading(subject: "", value: $0, samples: 9)] } ?? []
        }

        func advance(_ seconds: Double) {
            self.now.withLock { $0 = $0.addingTimeInterval(seconds) }
        }

        func set(_ value: Double?) {
            self.value.withLock { $0 = value }
        }

        /// Runs a process.
        func process(
            rules: [AlertRule] = [.sample()],
            _ body: (AlertCenter, Catalog) async throws -> Void
        ) async throws {
            let catalog = try Catalog.open(at: self.path, logger: .unheard)
            var configuration = AlertConfiguration()
            configuration.rules = rules
            configuration.notifyInterval = .zero
            let center = AlertCenter(
                configuration,
                catalog: catalog,
                notifier: Notifier(channels: []),
                now: { self.now.withLock { $0 } },
                logger: self.log.logger
            )
            try center.restore()
            try await body(center, catalog)
            await center.save()
            try await catalog.close()
        }

        func evaluate(_ center: AlertCenter) async {
            self.advance(5)
            await center.evaluate { self.read($0) }
        }
    }

    private func inWorld(_ body: (World) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in try await body(World(folder.appending("catalog.sqlite").string)) }
    }

    @Test
    func acknowledgedAlertOutlivesTheProcess() async throws {
        try await self.inWorld { world in
            var kept: Alert?
            try await world.process { center, _ in
                await world.evaluate(center)
                let id = try #require(center.alerts().first?.id)
                kept = try await center.acknowledge(id, because: "Ada looks")
            }
            try await world.process { center, _ in
                let before = try #require(kept)
                #expect(center.alerts() == [before])
                await world.evaluate(center)
                #expect(center.alerts().map(\.state) == [.acknowledged])
                world.set(0)
                await world.evaluate(center)
                #expect(center.alerts().map(\.state) == [.resolved])
            }
            try await world.process { center, _ in
                let alert = try #require(center.alerts().first)
                #expect(alert.id == kept?.id)
                #expect(alert.changes.map(\.state) == [.pending, .firing, .acknowledged, .resolved])
            }
        }
    }

    /// Nothing is measured right after a start: that alone must resolve nothing, for a while.
    @Test
    func restartAloneResolvesNothing() async throws {
        try await self.inWorld { world in
            try await world.process { center, _ in await world.evaluate(center) }
            world.set(nil)
            try await world.process { center, _ in
                await world.evaluate(center)
                #expect(center.alerts().map(\.state) == [.firing])
                world.advance(60)
                await world.evaluate(center)
                #expect(center.alerts().map(\.state) == [.resolved])
            }
        }
    }

    @Test
    func resolvedByHandStaysSoAcrossARestart() async throws {
        try await self.inWorld { world in
            try await world.process { center, _ in
                await world.evaluate(center)
                try await center.resolve(try #require(center.alerts().first?.id))
            }
            try await world.process { center, _ in
                await world.evaluate(center)
                #expect(center.alerts().map(\.state) == [.resolved])
                world.set(0)
                await world.evaluate(center)
                world.set(11)
            }
            try await world.process { center, _ in
                await world.evaluate(center)
                #expect(center.alerts().map(\.state) == [.firing, .resolved])
            }
        }
    }

    @Test
    func alertOfARuleThatIsGoneIsResolved() async throws {
        try await self.inWorld { world in
            try await world.process { center, _ in await world.evaluate(center) }
            try await world.process(rules: []) { center, _ in
                #expect(center.alerts().map(\.state) == [.resolved])
                #expect(center.alerts().first?.changes.last?.reason == "the rule is gone")
            }
        }
    }

    @Test
    func eventsOfTheProcessEndWithItAndOthersStay() async throws {
        try await self.inWorld { world in
            try await world.process { center, _ in
                center.raise(AlertEvent(.memoryWarning, message: "much"))
                center.raise(AlertEvent(.contentDamaged, message: "damaged"))
                center.raise(AlertEvent(name: "mine", severity: .error, message: "of a user"))
                #expect(center.figures.firing == 3)
            }
            try await world.process { center, _ in
                let open = center.alerts(in: [.firing]).map(\.rule)
                #expect(Set(open) == ["content_damaged", "mine"])
                #expect(center.alerts(in: [.resolved]).map(\.rule) == ["memory_warning"])
                center.clear(.contentDamaged)
                center.clear("mine")
                #expect(center.figures.firing == 0)
            }
        }
    }

    @Test
    func crossingIsLoggedEachTimeAndOneAlertOfItsKind() async throws {
        try await self.inWorld { world in
            try await world.process { center, _ in
                var watcher = DurationWatcher(DurationThresholds())
                let ids = [OperationID(), OperationID()]
                let running = ids.map { RunningOperation(id: $0, kind: "process", elapsed: .seconds(31)) }
                center.raise(watcher.look(at: running))
                let lines = world.log.lines
                #expect(lines.map(\.message) == ["operation takes too long", "operation takes too long"])
                #expect(lines.map { $0.metadata["purser.operation.id"] } == ids.map { "\($0)" })
                #expect(lines.map { $0.metadata["purser.threshold"] } == ["maximum", "maximum"])
                #expect(center.alerts().map(\.rule) == ["duration_maximum"])
                #expect(center.alerts().map(\.severity) == [.error])
                #expect(center.alerts().map(\.subject) == ["process"])
                #expect(center.alerts().map(\.occurrences) == [2])
            }
        }
    }

    @Test
    func whatCannotBeKeptIsKeptLaterAndLoggedOnce() async throws {
        try await self.inWorld { world in
            try await world.process { center, catalog in
                try await catalog.close()
                center.raise(AlertEvent(.memoryWarning, message: "much"))
                await center.save()
                await center.save()
                #expect(center.alerts().map(\.state) == [.firing])
                #expect(world.log.lines.map(\.message) == ["alerts cannot be kept"])
            }
        }
    }

    @Test
    func keptAlertThatCannotBeReadIsPassedOver() async throws {
        try await self.inWorld { world in
            try await world.process { center, catalog in
                await world.evaluate(center)
                let garbled = AlertRecord(id: "x", isOpen: true, changedAt: .after(0), document: "{")
                try await catalog.save(alerts: [garbled])
            }
            try await world.process { center, _ in
                #expect(center.alerts().map(\.rule) == ["sample"])
                #expect(world.log.lines.map(\.message) == ["kept alert cannot be read"])
            }
        }
    }

    @Test
    func documentHasAllFieldsAlways() async throws {
        try await self.inWorld { world in
            try await world.process { center, _ in
                await world.evaluate(center)
                let alert = try #require(center.alerts().first)
                let data = try JSONEncoder().encode(AlertDocument(alert))
                let fields = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                #expect(
                    fields.keys.sorted() == [
                        "acknowledged_at", "changes", "fired_at", "id", "message", "occurrences", "resolved_at", "rule",
                        "severity", "started_at", "state", "subject", "suppressed_by", "threshold", "value",
                    ]
                )
                #expect(fields["started_at"] as? String == "2023-11-14T22:13:25.000Z")
                #expect(fields["acknowledged_at"] is NSNull)
                #expect(fields["value"] as? Double == 11)
            }
        }
    }
}
