import Foundation
import PurserMonitor
import Testing

@Suite
struct AlertDecisionTests {
    /// A bench with one alert that fires.
    private func firing() throws -> (AlertBench, id: String) {
        var bench = AlertBench(rules: [.sample()])
        bench.set("m", 11)
        let id = try #require(bench.step().notifications.first?.alert.id)
        return (bench, id)
    }

    @Test
    func acknowledgedAlertStaysSoUntilItIsOver() throws {
        var (bench, id) = try self.firing()
        let (alert, outcome) = try bench.engine.acknowledge(id, because: "Ada looks", at: .after(7))
        #expect(alert.state == .acknowledged)
        #expect(alert.acknowledgedAt == .after(7))
        #expect(alert.changes.last?.reason == "Ada looks")
        #expect(outcome.notifications.map(\.event) == [.acknowledged])
        #expect(outcome.changed == [alert])
        #expect(bench.run(seconds: 60).isEmpty)
        let again = try bench.engine.acknowledge(id, because: "Bob too", at: .after(70))
        #expect(again.0.acknowledgedAt == .after(7))
        #expect(again.1.notifications.isEmpty)
        bench.set("m", 0)
        let resolved = bench.step().notifications
        #expect(resolved.map(\.event) == [.resolved])
        #expect(resolved.first?.alert.acknowledgedAt == .after(7))
    }

    @Test
    func resolvedByHandStaysSoUntilTheConditionWasFalse() throws {
        var (bench, id) = try self.firing()
        let (alert, outcome) = try bench.engine.resolve(id, because: "known", at: .after(7))
        #expect(alert.state == .resolved)
        #expect(alert.changes.last?.reason == "known")
        #expect(outcome.notifications.map(\.event) == [.resolved])
        #expect(bench.run(seconds: 600).isEmpty)
        #expect(bench.states() == [.resolved])
        bench.set("m", 9)
        #expect(bench.step().notifications.isEmpty)
        bench.set("m", 11)
        let firing = bench.step().notifications
        #expect(firing.map(\.event) == [.firing])
        #expect(firing.first?.alert.id != id)
    }

    @Test
    func whatCannotBeDecidedSaysWhy() throws {
        var bench = AlertBench(rules: [.sample(wait: 60)])
        bench.set("m", 11)
        bench.step()
        let id = try #require(bench.engine.alerts().first?.id)
        func code(_ body: (inout AlertEngine) throws(AlertError) -> Void) -> AlertError.Code? {
            do throws(AlertError) {
                try body(&bench.engine)
                return nil
            } catch {
                return error.code
            }
        }
        let unknown = code { (engine) throws(AlertError) in _ = try engine.acknowledge("?", because: "", at: .after(9))
        }
        #expect(unknown == .alertNotFound)
        let pending = code { (engine) throws(AlertError) in _ = try engine.acknowledge(id, because: "", at: .after(9)) }
        #expect(pending == .alertPending)
        let first = code { (engine) throws(AlertError) in _ = try engine.resolve(id, because: "", at: .after(9)) }
        #expect(first == nil)
        let second = code { (engine) throws(AlertError) in _ = try engine.resolve(id, because: "", at: .after(9)) }
        #expect(second == .alertResolved)
    }
}
