import PurserCatalog
import PurserIdentifiers
import PurserOptimizer
import PurserStore
import PurserTestSupport
import Testing

/// Runs of the optimizer within a history.
extension ModelRun {
    /// Does a run of the optimizer that nothing is in the way of; sometimes after a dry run, sometimes with something to mend.
    mutating func optimize(_ step: OptimizerStep) async throws {
        var step = step
        let fault = PlantedFault.allCases.randomElement(using: &self.random)
        if let fault, Int.random(in: 0..<3, using: &self.random) == 0,
            try await fault.plant(in: self.store, self.model, &self.random)
        {
            step = OptimizerStep(fault.strategies)
            let report = try await self.store.run(step, repairingFrom: [self.model.repairSource])
            let (strategy, finding) = fault.finding
            #expect(report[strategy]?.findings[finding, default: 0] ?? 0 > 0, "\(fault), \(report), \(self.comment)")
            self.figures.mended += 1
        }
        self.lastRun = step
        let before = try self.store.files.totals()
        let dry = Bool.random(using: &self.random) ? try await self.store.run(step, isDryRun: true) : nil
        if dry != nil { #expect(try self.store.files.totals() == before, self.comment) }
        let report = try await self.store.run(step)
        try self.store.expectDone(step, report, self.comment)
        for key in step.going { self.model.apply(StoreModel.Change(key: key, after: nil)) }
        if let dry {
            let difference = abs(dry.spaceSavedBytes - report.spaceSavedBytes)
            #expect(Double(difference) <= 0.02 * Double(report.spaceSavedBytes), "\(dry), \(report), \(self.comment)")
        }
        self.figures.runs += 1
        self.figures.removedByRuns += step.going.count
        for strategy in StrategyName.allCases {
            self.figures.savedByRuns[strategy, default: 0] += report[strategy]?.spaceSavedBytes ?? 0
        }
    }

    /// After a run in the midst of trouble: of the files that it was to remove each is whole or gone.
    mutating func settle(_ plan: Plan) throws {
        guard case .optimize(let step) = plan.action else { return }
        let left = Set(try self.store.files.list(ListRequest(bucket: .default)).files.map(\.key.text))
        for key in step.going where !left.contains(key) {
            self.model.apply(StoreModel.Change(key: key, after: nil))
        }
    }

    /// Lets the process die while it compresses, one call of the disk later each time, until the next start has had to go on
    /// with the run.
    mutating func crashUntilARunGoesOn() async throws {
        for calls in 0..<40 where self.figures.resumed == 0 {
            self.step += 1
            let content = try StoreModel.Content(20_000, seed: 2 * (self.seed &* 1_000_000 &+ UInt64(self.step)))
            try await self.store.put("a", content.bytes)
            self.model.apply(StoreModel.Change(key: "a", after: content))
            let plan = Plan(action: .optimize(OptimizerStep([.compression])), key: "a", change: nil)
            try await self.crash(in: plan, after: calls)
        }
    }
}
