import HTTPTypes
import Synchronization

/// So many answers of a kind may be under way at a time: those that need no slot and still hold memory.
final class Places: Sendable {
    private let limit: Int
    private let code: String
    private let taken = Mutex(0)

    /// Describes the places.
    ///
    /// - Parameters:
    ///   - limit: How many there are.
    ///   - code: The problem's code where all are taken.
    init(_ limit: Int, code: String) {
        self.limit = limit
        self.code = code
    }

    /// Takes a place; it is free again when it is left or let go.
    ///
    /// - Throws: A problem 503 where all are taken.
    func take() throws -> Place {
        let isTaken = self.taken.withLock { taken in
            guard taken < self.limit else { return false }
            taken += 1
            return true
        }
        guard isTaken else {
            throw Problem(
                .serviceUnavailable,
                self.code,
                "\(self.limit) such answers are under way; try again in a moment",
                headers: [.retryAfter: "2"]
            )
        }
        return Place(self)
    }

    /// One of the places; given back once, also where the answer is never sent.
    final class Place: Sendable {
        private let places: Places
        private let isHeld = Mutex(true)

        fileprivate init(_ places: Places) {
            self.places = places
        }

        func leave() {
            let wasHeld = self.isHeld.withLock { isHeld in
                defer { isHeld = false }
                return isHeld
            }
            if wasHeld { self.places.taken.withLock { $0 -= 1 } }
        }

        deinit {
            self.leave()
        }
    }
}
