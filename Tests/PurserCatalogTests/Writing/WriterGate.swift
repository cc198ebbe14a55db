import Dispatch
import Synchronization

@testable import PurserCatalog

/// Holds the writer within a transaction, so that a test knows what waits behind it.
final class WriterGate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let catalog: Catalog
    private let holding: Task<Void, any Error>

    /// Returns once the writer stands at the gate.
    init(_ catalog: Catalog) async throws {
        let (entered, signal) = AsyncStream.makeStream(of: Void.self)
        let semaphore = self.semaphore
        self.catalog = catalog
        // Awaited by `open()`.
        self.holding = Task {
            try await catalog.writer.submit { _ in
                signal.finish()
                semaphore.wait()
            }
        }
        for await _ in entered {}
    }

    /// Returns once so many writes wait.
    func waitForWrites(_ count: Int) async {
        while self.catalog.metrics().waiting != count {
            await Task.yield()
        }
    }

    /// Lets the writer go on.
    func open() async throws {
        self.semaphore.signal()
        try await self.holding.value
    }
}
