import PurserIdentifiers
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserProcessing

/// Random graphs whose steps succeed and fail in all ways that a pipeline can have.
final class ExecutionModelTests: Sendable {
    private enum Fate: CaseIterable {
        case succeeds, skips, replaced, replacedInTheEnd, standInFails, fails

        /// Whether the file goes on.
        var isBearable: Bool { self != .fails && self != .standInFails }
    }

    private struct Model {
        var names: [String] = []
        var needs: [String: [String]] = [:]
        var fates: [String: Fate] = [:]
        var earlier: [String: Set<String>] = [:]

        init(seed: UInt64, canFail: Bool) {
            var random = SeededGenerator(seed: seed)
            let fates = Fate.allCases.filter { canFail || $0.isBearable }
            let density = Double.random(in: 0...0.5, using: &random)
            for number in 0..<Int.random(in: 1...12, using: &random) {
                let name = "s\(number)"
                let needs = self.names.filter { _ in Double.random(in: 0...1, using: &random) < density }
                self.needs[name] = needs
                self.earlier[name] = needs.reduce(into: []) { found, need in
                    found.formUnion([need])
                    found.formUnion(self.earlier[need] ?? [])
                }
                // Most succeed, or nothing would ever get far.
                let isLucky = Double.random(in: 0...1, using: &random) < 0.6
                self.fates[name] = isLucky ? .succeeds : fates.randomElement(using: &random)
                self.names.append(name)
            }
        }

        /// The names under which steps after it find what the step has made.
        func outputs(of name: String) -> Set<String> {
            switch self.fates[name] {
            case .succeeds: [name]
            case .replaced: [name, "\(name)-2"]
            case .replacedInTheEnd: [name, "\(name)-2", "\(name)-3"]
            default: []
            }
        }
    }

    private let seen = Mutex<[String: Set<String>]>([:])

    private func pipeline(_ model: Model, _ fixture: ExecutionFixture) -> Pipeline {
        var steps: [PipelineStep] = []
        var standIns: [PipelineStep] = []
        func step(_ name: String, _ needs: [String], succeeds: Bool) -> PipelineStep {
            .test(name, needs: needs) { input, context in
                fixture.record.add(name)
                self.seen.withLock { $0[name] = Set(input.earlier.keys) }
                guard succeeds else { throw StepFailure("broken", "broken") }
                return try .file("\(name).txt", name, in: context)
            }
        }
        for name in model.names {
            let needs = model.needs[name] ?? []
            let fate = model.fates[name] ?? .succeeds
            let main = step(name, needs, succeeds: fate == .succeeds)
            let second = step("\(name)-2", needs, succeeds: fate == .replaced).standIn
            switch fate {
            case .succeeds, .fails: steps.append(main)
            case .skips: steps.append(main.with { $0.onError = .skip })
            case .replaced, .standInFails:
                steps.append(main.falling(to: "\(name)-2"))
                standIns.append(second)
            case .replacedInTheEnd:
                steps.append(main.falling(to: "\(name)-2"))
                standIns.append(second.falling(to: "\(name)-3"))
                standIns.append(step("\(name)-3", needs, succeeds: true).standIn)
            }
        }
        return Pipeline(name: "model", version: "1", steps: steps + standIns)
    }

    @Test(arguments: 0..<40, [true, false])
    func everyStepHasItsFate(_ seed: UInt64, _ canFail: Bool) async throws {
        let model = Model(seed: seed, canFail: canFail)
        try await ExecutionFixture.run { fixture in
            let outcome = try await fixture.run(self.pipeline(model, fixture))
            let said: Comment = "seed \(seed), \(model.fates), \(outcome.steps.map { ($0.name, $0.state) })"
            let ran = fixture.record.all
            #expect(Set(ran).count == ran.count, said)
            let bad = Set(model.names.filter { model.fates[$0]?.isBearable == false })
            #expect((outcome.state == .succeeded) == bad.isEmpty, said)
            if let error = outcome.error {
                let culprits = bad.union(bad.map { "\($0)-2" })
                #expect(error.step.map(culprits.contains) == true, said)
                #expect(outcome.outputs.isEmpty)
            }
            for name in model.names {
                let state = try #require(outcome.step(name)?.state)
                guard ran.contains(name) else {
                    #expect(!bad.isEmpty && state == .notRun || state == .cancelled, said)
                    continue
                }
                self.expect(state, model.fates[name], said)
                // It began after all that it needs, and was given what those have made, and nothing else.
                let begun = ran.firstIndex(of: name) ?? 0
                for earlier in model.earlier[name] ?? [] {
                    #expect((ran.firstIndex(of: earlier) ?? .max) < begun, said)
                }
                let given = (model.earlier[name] ?? []).reduce(into: Set<String>()) {
                    $0.formUnion(model.outputs(of: $1))
                }
                #expect(self.seen.withLock { $0[name] } == given, said)
            }
            if bad.isEmpty {
                let made = model.names.compactMap { name in
                    model.outputs(of: name).max { $0.count < $1.count || ($0.count == $1.count && $0 < $1) }
                }
                #expect(Set(outcome.outputs.map(\.name)) == Set(made.map { "\($0).txt" }), said)
            }
        }
    }

    private func expect(_ state: StepState, _ fate: Fate?, _ said: Comment) {
        switch fate {
        case .succeeds: #expect(state == .succeeded || state == .cancelled, said)
        case .skips: #expect(state == .skipped || state == .cancelled, said)
        case .replaced, .replacedInTheEnd: #expect(state == .replaced || state == .cancelled, said)
        default: #expect(state == .failed || state == .cancelled, said)
        }
    }
}
