import PurserCatalog
import PurserIdentifiers
import Synchronization

/// The content of a file, which is put where steps read it when the first of them runs.
///
/// Where all results are kept from before, nobody reads it.
final class ContentSource: Sendable {
    private enum State {
        case absent, present
        case failed(any Error)
    }

    private let state = Mutex(State.absent)
    private let turns = ResultFlights()
    private let key: ResultKey
    private let fetch: @Sendable () async throws -> Void

    /// Describes a content.
    ///
    /// - Parameters:
    ///   - content: Its digest.
    ///   - fetch: Puts it in its place; called once at most.
    init(_ content: BlobID, fetch: @escaping @Sendable () async throws -> Void) {
        self.key = ResultKey(content)
        self.fetch = fetch
    }

    /// Whether it could not be put in its place: nothing can be done with the file.
    var hasFailed: Bool { self.state.withLock { if case .failed = $0 { true } else { false } } }

    /// Sees to it that the content is in its place; steps that ask at the same time wait for the one that asked first.
    ///
    /// - Throws: What the fetching threw, each time; `CancellationError`.
    func fetched() async throws {
        if self.isPresent { return }
        try await self.turns.run(self.key) {
            switch self.state.withLock({ $0 }) {
            case .present: return
            case .failed(let error): throw error
            case .absent: break
            }
            do {
                try await self.fetch()
                self.state.withLock { $0 = .present }
            } catch {
                self.state.withLock { $0 = .failed(error) }
                throw error
            }
        }
    }

    private var isPresent: Bool { self.state.withLock { if case .present = $0 { true } else { false } } }
}
