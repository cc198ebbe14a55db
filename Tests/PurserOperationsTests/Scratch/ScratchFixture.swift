import Foundation
import Logging
import PurserTestSupport
import Synchronization

@testable import PurserOperations

/// Scratch files in a folder of the test's own, on a disk whose removals fail on demand.
struct ScratchFixture: Sendable {
    /// What the disk does instead of removing.
    enum Trouble: Sendable {
        case none
        /// It says so.
        case fails
        /// It says that all is well, and leaves the file where it is.
        case lies
    }

    struct Broken: Error {}

    let root: String
    let clock = StepClock()
    let tracker: ProgressTracker
    let scratch: ScratchFiles
    let trouble = Box(Trouble.none)
    /// Opened when somebody is to remove something; removal then waits for `mayRemove`.
    let removalBegins = Box<Gate?>(nil)
    let mayRemove = Gate()

    final class Box<Value: Sendable>: Sendable {
        private let value: Mutex<Value>
        init(_ value: Value) { self.value = Mutex(value) }
        var now: Value {
            get { self.value.withLock { $0 } }
            set { self.value.withLock { $0 = newValue } }
        }
    }

    init(root: String, limit: Int) {
        self.root = root
        self.tracker = ProgressTracker(clock: self.clock)
        var configuration = ScratchConfiguration()
        configuration.limit = limit
        let (trouble, removalBegins, mayRemove) = (self.trouble, self.removalBegins, self.mayRemove)
        let disk = ScratchFileSystem { path, kind in
            let parent = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            switch kind {
            case .directory:
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            case .file:
                try Data().write(to: URL(filePath: path), options: .withoutOverwriting)
            }
        } remove: { path in
            if let gate = removalBegins.now {
                gate.open()
                await mayRemove.wait()
            }
            switch trouble.now {
            case .fails: throw Broken()
            case .lies: return
            case .none: break
            }
            guard FileManager.default.fileExists(atPath: path) else { return }
            try FileManager.default.removeItem(atPath: path)
        } removeIfEmpty: { path in
            _ = rmdir(path)
        } exists: { path in
            FileManager.default.fileExists(atPath: path)
        }
        self.scratch = ScratchFiles(
            configuration: configuration,
            root: root,
            disk: disk,
            clock: self.clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Runs a test with room for so many.
    static func run(limit: Int = 5, _ body: (ScratchFixture) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            try await body(ScratchFixture(root: "\(folder)", limit: limit))
        }
    }

    /// An operation that runs.
    func operation(_ name: String = "work") throws -> PurserOperations.Operation {
        let operation = try self.tracker.begin(.custom, name: name)
        try operation.start()
        return operation
    }

    /// What lies in the folder: the operations' folders and what is in them.
    func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: self.root)
    }

    /// Starts a scope that goes on until the gate opens, and returns when its folder is there.
    func hold(
        _ operation: PurserOperations.Operation,
        until gate: Gate
    ) async -> Task<Void, any Error> {
        let isThere = Gate()
        let task = Task {
            try await self.scratch.withTemporaryDirectory(for: operation, scope: "held") { _ in
                isThere.open()
                await gate.wait()
            }
        }
        await isThere.wait()
        return task
    }

    /// Starts an asker that has to wait, and returns when it does.
    func ask(
        _ operation: PurserOperations.Operation,
        deadline: Duration? = nil,
        _ body: @escaping @Sendable (String) async throws -> Void = { _ in }
    ) async -> Task<Void, any Error> {
        let before = self.scratch.figures().waiting
        let task = Task {
            try await self.scratch.withTemporaryFile(for: operation, scope: "asked", deadline: deadline, body)
        }
        while self.scratch.figures().waiting == before { await Task.yield() }
        return task
    }
}
