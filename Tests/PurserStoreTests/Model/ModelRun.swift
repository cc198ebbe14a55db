import PurserCatalog
import NIOCore
import PurserBlobs
import PurserIdentifiers
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
    }

    private let folder: StoreFolder
    private let seed: UInt64
    private var random: SeededGenerator
    private var model = StoreModel()
    private var store: OpenStore
    private var step = 0
    private(set) var figures = Figures()

    init(seed: UInt64, in folder: StoreFolder) async throws {
        self.folder = folder
        self.seed = seed
        self.random = SeededGenerator(seed: seed)
        self.store = try await folder.open()
    }

    private var comment: Comment { "seed \(self.seed), step \(self.step)" }

    mutating func run(steps: Int) async throws {
        for step in 1...steps {
            self.step = step
            switch Int.random(in: 0..<100, using: &self.random) {
            case 0..<72: try await self.succeed()
            case 72..<88: try await self.fail()
            case 88..<96: try await self.crash()
            default: try await self.reopen()
            }
            try await self.model.compare(with: self.store, readingAll: step.isMultiple(of: 8), self.comment)
            if step.isMultiple(of: 25) { try await self.model.compareDisk(of: self.store, self.comment) }
        }
        try await self.store.files.close()
    }

    // MARK: Operations

    private enum Action { case put(Int), copy(to: String), delete, collect, sweep }

    private struct Plan {
        var action: Action
        var key: String
        var change: StoreModel.Change?
    }

    private mutating func plan() -> Plan {
        let key = StoreModel.keys.randomElement(using: &self.random) ?? "a"
        let index = Int.random(in: 0..<StoreModel.contents.count, using: &self.random)
        let present = self.model.files[key]
        switch Int.random(in: 0..<20, using: &self.random) {
        case 0..<9: return Plan(action: .put(index), key: key, change: .init(key: key, after: index))
        case 9..<11:
            guard let present else { fallthrough }
            let target = StoreModel.keys.randomElement(using: &self.random) ?? "b"
            return Plan(action: .copy(to: target), key: key, change: .init(key: target, after: present))
        case 11..<16:
            guard present != nil else { fallthrough }
            return Plan(action: .delete, key: key, change: .init(key: key, after: nil))
        case 16..<19: return Plan(action: .collect, key: key, change: nil)
        default: return Plan(action: .sweep, key: key, change: nil)
        }
    }

    private mutating func perform(_ plan: Plan) async throws {
        switch plan.action {
        case .put(let index):
            let content = StoreModel.contents[index]
            let isAnnounced = Bool.random(using: &self.random)
            let body = TestBody(content.pieces(of: 4000))
            let outcome = try await self.store.put(plan.key, body: body) { request in
                request.announcedSize = isAnnounced ? Int64(content.readableBytes) : nil
            }
            self.figures.deduplicated += outcome.deduplicated ? 1 : 0
        case .copy(let target):
            _ = try await self.store.files.copy(
                CopyRequest(from: (.default, FileKey(plan.key)), to: (.default, FileKey(target)))
            )
        case .delete: try await self.store.delete(plan.key)
        case .collect: self.figures.collected += try await self.store.files.collect().blobs
        case .sweep: try await self.store.files.sweep()
        }
    }

    private mutating func succeed() async throws {
        let plan = self.plan()
        do {
            try await self.perform(plan)
            self.model.apply(plan.change)
        } catch {
            Issue.record("\(plan) failed: \(error); \(self.comment)")
        }
    }

    // MARK: Trouble

    /// A call of the disk fails: what is told to have failed has not happened.
    private mutating func fail() async throws {
        let plan = self.plan()
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
            skipping: Int.random(in: 0..<3, using: &self.random),
            times: Int.random(in: 1..<3, using: &self.random)
        )
        do {
            try await self.perform(plan)
            self.model.apply(plan.change)
        } catch {
            #expect(self.folder.disk.injectedFaults > before, "\(error), \(plan), \(self.comment)")
        }
        self.figures.faults += self.folder.disk.injectedFaults > before ? 1 : 0
        self.folder.disk.heal()
        guard self.store.files.readOnlyReason != nil else { return }
        self.figures.poisonings += 1
        await expectError(.readOnly, self.comment) { try await self.store.put("x", sample(10, seed: 77)) }
        try await self.model.compare(with: self.store, readingAll: true, self.comment)
        try await self.reopen()
    }

    /// The process or the machine dies in the middle of an operation, which then has happened or not.
    private mutating func crash() async throws {
        self.figures.crashes += 1
        let plan = self.plan()
        let loss: PowerLoss? =
            switch Int.random(in: 0..<4, using: &self.random) {
            case 0: nil
            case 1: .everything
            default: .some(seed: self.random.next())
            }
        self.folder.disk.stop(after: Int.random(in: 0..<12, using: &self.random))
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
    }
}
