import PurserCatalog
import NIOCore
import PurserBlobs
import PurserIdentifiers
import PurserOptimizer
import PurserStore
import PurserTestSupport
import Testing

/// A seeded history of a store: random operations, faults, crashes and starts, against a ``StoreModel``.
struct ModelRun {
    /// How often each kind of trouble was met, so that a run that met none is noticed.
    struct Figures {
        var faults = 0
        var crashes = 0
        var poisonings = 0
        var deduplicated = 0
        var collected = 0
        var reencoded = 0
        var runs = 0
        var removedByRuns = 0
        var savedByRuns: [StrategyName: Int64] = [:]
        var mended = 0
        var resumed = 0
    }

    let folder: StoreFolder
    let seed: UInt64
    var random: SeededGenerator
    var model = StoreModel()
    var store: OpenStore
    /// Few contents, so that they are met again and again.
    private let recurring: [StoreModel.Content]
    var step = 0
    /// The run of the optimizer that was asked for last: what a restart goes on with.
    var lastRun = OptimizerStep()
    var figures = Figures()

    init(seed: UInt64, in folder: StoreFolder) async throws {
        self.folder = folder
        self.seed = seed
        self.random = SeededGenerator(seed: seed)
        self.recurring = try StoreModel.sizes.map { try StoreModel.Content($0, seed: seed) }
        self.store = try await folder.open()
    }

    var comment: Comment { "seed \(self.seed), step \(self.step)" }

    mutating func run(steps: Int) async throws {
        for step in 1...steps {
            self.step = step
            self.folder.time.advance(by: .seconds(Int.random(in: 0..<100, using: &self.random)))
            switch Int.random(in: 0..<100, using: &self.random) {
            case 0..<75: try await self.succeed()
            case 75..<95: try await self.fail()
            case 95..<99: try await self.crash()
            default: try await self.reopen()
            }
            try await self.model.compare(with: self.store, readingAll: step.isMultiple(of: 8), self.comment)
            if step.isMultiple(of: 100) { try await self.model.compareDisk(of: self.store, self.comment) }
        }
        try await self.crashUntilARunGoesOn()
        try await self.store.files.close()
    }

    // MARK: Operations

    enum Action {
        case put(StoreModel.Content), copy(to: String), delete, remove, inspect, compare, collect, sweep
        case reencode(BlobID, ContentCoding?)
        case optimize(OptimizerStep)
    }

    struct Plan {
        var action: Action
        var key: String
        var change: StoreModel.Change?
    }

    /// A content met before, or one that only this step brings.
    private mutating func content(isNew: Bool) throws -> StoreModel.Content {
        let index = Int.random(in: 0..<self.recurring.count, using: &self.random)
        guard isNew else { return self.recurring[index] }
        return try StoreModel.Content(StoreModel.sizes[index], seed: self.seed &* 10_000 &+ UInt64(self.step))
    }

    private mutating func plan(isNew: Bool = false) throws -> Plan {
        let key = StoreModel.keys.randomElement(using: &self.random) ?? "a"
        let present = self.model.files[key]
        switch Int.random(in: 0..<140, using: &self.random) {
        case 81..<93:
            let step = try OptimizerStep(choosing: &self.random, in: self.store)
            return Plan(action: .optimize(step), key: key, change: nil)
        case 60..<63:
            guard present != nil else { fallthrough }
            return Plan(action: .remove, key: key, change: .init(key: key, after: nil))
        case 63..<65: return Plan(action: .inspect, key: key, change: nil)
        case 65: return Plan(action: .compare, key: key, change: nil)
        case 66..<81, 93..<120:
            guard let present else { return Plan(action: .sweep, key: key, change: nil) }
            let codings: [ContentCoding?] = [.zstd, .gzip, nil]
            let coding = codings.randomElement(using: &self.random) ?? nil
            return Plan(action: .reencode(present.digest, coding), key: key, change: nil)
        case 0..<28, 120..<140:
            let content = try self.content(isNew: isNew)
            return Plan(action: .put(content), key: key, change: .init(key: key, after: content))
        case 28..<34:
            guard let present else { fallthrough }
            let target = StoreModel.keys.randomElement(using: &self.random) ?? "b"
            return Plan(action: .copy(to: target), key: key, change: .init(key: target, after: present))
        case 34..<49:
            guard present != nil else { fallthrough }
            return Plan(action: .delete, key: key, change: .init(key: key, after: nil))
        case 49..<59: return Plan(action: .collect, key: key, change: nil)
        default: return Plan(action: .sweep, key: key, change: nil)
        }
    }

    private mutating func perform(_ plan: Plan) async throws {
        switch plan.action {
        case .put(let content):
            let isAnnounced = Bool.random(using: &self.random)
            let isPinned = Int.random(in: 0..<8, using: &self.random) == 0
            let body = TestBody(content.bytes.pieces(of: 4000))
            let outcome = try await self.store.put(plan.key, body: body) { request in
                request.announcedSize = isAnnounced ? Int64(content.bytes.readableBytes) : nil
                if isPinned { request.metadata = ["pin": "true"] }
            }
            self.figures.deduplicated += outcome.deduplicated ? 1 : 0
        case .copy(let target):
            _ = try await self.store.files.copy(
                CopyRequest(from: (.default, FileKey(plan.key)), to: (.default, FileKey(target)))
            )
        case .delete: try await self.store.delete(plan.key)
        case .remove: try await self.store.removeAsTheOptimizerDoes(plan.key)
        case .inspect: try await self.store.inspectAll(self.comment)
        case .compare: try await self.store.compareAll(self.comment)
        case .collect: self.figures.collected += try await self.store.files.collect().blobs
        case .sweep: try await self.store.files.sweep()
        case .reencode(let blob, let coding):
            let outcome = try await self.store.files.reencode(blob, ReencodeRequest(coding: coding))
            self.figures.reencoded += outcome.result == .reencoded ? 1 : 0
        case .optimize(let step):
            self.lastRun = step
            try await self.store.run(step)
        }
    }

    private mutating func succeed() async throws {
        let plan = try self.plan(isNew: Bool.random(using: &self.random))
        do {
            if case .optimize(let step) = plan.action {
                try await self.optimize(step)
            } else {
                try await self.perform(plan)
                self.model.apply(plan.change)
            }
        } catch {
            Issue.record("\(plan) failed: \(error); \(self.comment)")
        }
    }

    // MARK: Trouble

    /// A call of the disk fails: what is told to have failed has not happened.
    private mutating func fail() async throws {
        var plan = try self.plan()
        if Int.random(in: 0..<3, using: &self.random) > 0 {
            // Most of what can fail is on the way of a large content that is new.
            let content = try StoreModel.Content(9000, seed: self.seed &* 10_000 &+ UInt64(self.step))
            plan = Plan(action: .put(content), key: plan.key, change: .init(key: plan.key, after: content))
        }
        let calls: [FileSystemCall] = [
            .open, .write, .synchronize, .close, .rename, .remove, .synchronizeDirectory, .status, .space,
            .forEachEntry,
        ]
        let call = calls.randomElement(using: &self.random) ?? .write
        let faults: [FaultyFileSystem.Fault] = [.noSpace, .inputOutput, .shortWrite(100)]
        let fault = faults.randomElement(using: &self.random) ?? .noSpace
        let before = self.folder.disk.injectedFaults
        self.folder.disk.fail(
            call,
            with: fault,
            skipping: Int.random(in: 0..<4, using: &self.random) / 3,
            times: Int.random(in: 1..<3, using: &self.random)
        )
        do {
            try await self.perform(plan)
            self.model.apply(plan.change)
        } catch {
            #expect(self.folder.disk.injectedFaults > before, "\(error), \(plan), \(self.comment)")
        }
        try self.settle(plan)
        let isHit = self.folder.disk.injectedFaults > before
        self.figures.faults += isHit ? 1 : 0
        self.folder.disk.heal()
        guard self.store.files.readOnlyReason != nil else {
            // A staging file that could not be removed stays until the next start.
            if isHit, call == .remove { try await self.reopen() }
            return
        }
        self.figures.poisonings += 1
        await expectError(.readOnly, self.comment) { try await self.store.put("x", sample(10, seed: 77)) }
        try await self.model.compare(with: self.store, readingAll: true, self.comment)
        try await self.reopen()
    }

    /// The process or the machine dies in the middle of an operation, which then has happened or not.
    private mutating func crash() async throws {
        let plan = try self.plan(isNew: true)
        try await self.crash(in: plan, after: Int.random(in: 0..<12, using: &self.random))
    }

    /// Lets the process or the machine die in the middle of a plan, after so many more calls of the disk.
    mutating func crash(in plan: Plan, after calls: Int) async throws {
        self.figures.crashes += 1
        let loss: PowerLoss? =
            switch Int.random(in: 0..<4, using: &self.random) {
            case 0: nil
            case 1: .everything
            default: .some(seed: self.random.next())
            }
        self.folder.disk.stop(after: calls)
        var isAcknowledged = false
        do {
            try await self.perform(plan)
            isAcknowledged = true
        } catch {
            #expect(self.folder.disk.isDown, "\(error), \(plan), \(self.comment)")
        }
        try await self.end(with: loss)
        if Int.random(in: 0..<4, using: &self.random) == 0 {
            // The next start dies, too.
            self.folder.disk.stop(after: Int.random(in: 0..<300, using: &self.random))
            if let opened = try? await self.folder.open() { self.store = opened }
            try await self.end(with: loss)
        }
        self.store = try await self.folder.open()
        try await self.resume()
        try self.settle(plan)
        if isAcknowledged {
            self.model.apply(plan.change)
        } else {
            try self.model.settle(plan.change, by: self.store, self.comment)
        }
        try await self.model.compare(with: self.store, readingAll: true, self.comment)
    }

    private func end(with loss: PowerLoss?) async throws {
        if let loss {
            try await self.store.losePower(loss)
        } else {
            await self.store.kill()
        }
    }

    private mutating func reopen() async throws {
        try await self.store.files.close()
        self.store = try await self.folder.open()
        try await self.resume()
    }

    private mutating func resume() async throws {
        if try await self.store.resume(self.lastRun, self.comment) != nil { self.figures.resumed += 1 }
    }
}
