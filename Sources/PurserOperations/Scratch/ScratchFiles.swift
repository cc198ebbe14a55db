public import Logging
import PurserIdentifiers
import Synchronization

/// Gives operations scratch files and folders, as many at the same time as may be, and sees to it that they go.
///
/// Each belongs to an operation and to a scope, lies under `<root>/<operation id>/`, and is removed when its scope ends, at
/// the latest when its operation has ended; that it is gone is checked. What cannot be removed is kept in a list and tried
/// again, by ``run()``, by whoever finds no place, and by the clean-ups.
///
/// At the limit the leavings of ended operations go first. Then the asker waits, first come, first served.
public final class ScratchFiles: Sendable {
    /// How often one is tried to be made.
    private static let attempts = 5

    /// How many there may be.
    public let configuration: ScratchConfiguration
    let root: String
    let disk: ScratchFileSystem
    let timeline: Timeline
    let logger: Logger
    let registry: Mutex<ScratchRegistry>

    /// Begins without any.
    ///
    /// - Parameters:
    ///   - configuration: The limits, taken as they are; see ``ScratchConfiguration/problems()``.
    ///   - root: The folder under which they lie; nothing else may be in it.
    ///   - disk: Makes and removes them.
    ///   - clock: Measures waits.
    ///   - logger: For removals that fail.
    public init(
        configuration: ScratchConfiguration = ScratchConfiguration(),
        root: String,
        disk: ScratchFileSystem,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.configuration = configuration
        self.root = root
        self.disk = disk
        self.timeline = Timeline(clock)
        self.logger = logger
        self.registry = Mutex(ScratchRegistry(limit: configuration.limit))
    }

    /// Gives a body a folder of its own, and removes it with all that is in it when the body has ended.
    ///
    /// - Parameters:
    ///   - operation: Whose it is.
    ///   - scope: What it is for; a short word, shown where its removal fails.
    ///   - deadline: How long to wait for one at most; the configured limit where there is none.
    ///   - body: Gets the path of the folder, which is empty.
    /// - Returns: What the body returned.
    /// - Throws: ``OperationError`` `.tempFilesExhausted`; `CancellationError` where the task is cancelled as it waits; what
    ///   the disk and the body throw. That it cannot be removed is no error: see ``failures()``.
    public func withTemporaryDirectory<Value>(
        for operation: Operation,
        scope: String = "work",
        deadline: Duration? = nil,
        _ body: (_ path: String) async throws -> Value
    ) async throws -> Value {
        try await self.with(.directory, operation, scope, deadline, body)
    }

    /// Gives a body an empty file of its own, and removes it when the body has ended.
    ///
    /// - Parameters:
    ///   - operation: Whose it is.
    ///   - scope: What it is for; a short word, shown where its removal fails.
    ///   - deadline: How long to wait for one at most; the configured limit where there is none.
    ///   - body: Gets the path of the file.
    /// - Returns: What the body returned.
    /// - Throws: As ``withTemporaryDirectory(for:scope:deadline:_:)``.
    public func withTemporaryFile<Value>(
        for operation: Operation,
        scope: String = "work",
        deadline: Duration? = nil,
        _ body: (_ path: String) async throws -> Value
    ) async throws -> Value {
        try await self.with(.file, operation, scope, deadline, body)
    }

    /// How many there are, and what became of all.
    public func figures() -> ScratchFigures { self.registry.withLock { $0.present } }

    /// What could not be removed so far, oldest first; it takes up places.
    public func failures() -> [ScratchFailure] { self.registry.withLock { $0.failures } }

    private func with<Value>(
        _ kind: ScratchFileSystem.Kind,
        _ operation: Operation,
        _ scope: String,
        _ deadline: Duration?,
        _ body: (_ path: String) async throws -> Value
    ) async throws -> Value {
        try await self.awaitPlace(deadline ?? self.configuration.waitLimit)
        let (number, path) = self.register(operation, scope)
        do {
            try await self.make(path, kind)
        } catch {
            await self.end(number)
            throw error
        }
        self.registry.withLock { $0.noteMade(number) }
        do {
            let value = try await body(path)
            await self.end(number)
            return value
        } catch {
            await self.end(number)
            throw error
        }
    }

    private func register(_ operation: Operation, _ scope: String) -> (number: UInt64, path: String) {
        self.registry.withLock { registry in
            let number = registry.makeNumber()
            let path = "\(self.folder(of: operation))/\(number)"
            registry.add(ScratchRegistry.Entry(operation: operation, scope: scope, path: path), number)
            return (number, path)
        }
    }

    func folder(of operation: Operation) -> String { "\(self.root)/\(operation.id)" }

    private func make(_ path: String, _ kind: ScratchFileSystem.Kind) async throws {
        // The ends of other scopes of the operation may just have removed the folder above it. The last failure is real.
        for _ in 1..<Self.attempts {
            do {
                return try await self.disk.make(path, kind)
            } catch {
                try Task.checkCancellation()
            }
        }
        try await self.disk.make(path, kind)
    }

    private func end(_ number: UInt64) async {
        self.registry.withLock { $0.leave(number) }
        // In a task of its own, which nobody cancels, and awaited here: the file goes also where the caller is cancelled.
        _ = await Task { await self.remove(number) }.value
    }
}
