import NIOCore
import Synchronization

/// A body that comes in pieces, says how often it was asked, and can fail or do something between two pieces.
final class TestBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// What a sender's connection throws when it breaks.
    struct Broken: Error {}

    private let pieces: [ByteBuffer]
    private let failure: (any Error)?
    private let before: @Sendable (Int) async throws -> Void
    private let asked = Atomic(0)

    /// Describes a body.
    ///
    /// - Parameters:
    ///   - pieces: What comes.
    ///   - failure: Thrown instead of the end.
    ///   - before: Called before each piece with its number, and with `pieces.count` before the end.
    init(
        _ pieces: [ByteBuffer],
        failure: (any Error)? = nil,
        before: @escaping @Sendable (Int) async throws -> Void = { _ in }
    ) {
        self.pieces = pieces
        self.failure = failure
        self.before = before
    }

    /// How many pieces were asked for, the end included.
    var timesAsked: Int { self.asked.load(ordering: .acquiring) }

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }

    struct Iterator: AsyncIteratorProtocol {
        let body: TestBody
        var index = 0

        mutating func next() async throws -> ByteBuffer? {
            self.body.asked.add(1, ordering: .acquiringAndReleasing)
            try await self.body.before(self.index)
            guard self.index < self.body.pieces.count else {
                if let failure = self.body.failure { throw failure }
                return nil
            }
            defer { self.index += 1 }
            return self.body.pieces[self.index]
        }
    }
}
