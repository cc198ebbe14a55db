import NIOCore
import PurserCatalog
import PurserIdentifiers
import PurserStore
import Testing

/// Preconditions are checked before the body is read, and again in the commit.
@Suite(.timeLimit(.minutes(5)))
struct PreconditionTests {
    /// A condition by name, as it refers to contents that a test makes.
    enum Condition: String, CaseIterable {
        case absent, exists, matches, noneMatch

        func precondition(of present: BlobID) -> WritePrecondition {
            switch self {
            case .absent: .absent
            case .exists: .exists
            case .matches: .matches([present])
            case .noneMatch: .noneMatch([present])
            }
        }

        /// Whether the condition holds where the content is there, and where nothing is.
        var holdsWherePresent: Bool { self == .exists || self == .matches }
    }

    static let sizes = [100, StoreFolder.inlineLimit + 100]

    @Test(arguments: Condition.allCases, sizes)
    func conditionThatFailsEarlyLeavesTheBodyUnread(_ condition: Condition, _ size: Int) async throws {
        try await withStore { store in
            let present = try sample(10, seed: 9).digest()
            let body = TestBody(sample(size).pieces(of: 50))
            if !condition.holdsWherePresent { try await store.put("a", sample(10, seed: 9)) }
            await Self.expectFailure(current: condition.holdsWherePresent ? nil : present) {
                try await store.put("a", body: body) { $0.precondition = condition.precondition(of: present) }
            }
            #expect(body.timesAsked == 0)
            try store.expectOnly(blobFiles: 0, keys: condition.holdsWherePresent ? [] : ["a"])
        }
    }

    @Test(arguments: Condition.allCases, sizes)
    func conditionThatFailsMeanwhileRefusesTheCommit(_ condition: Condition, _ size: Int) async throws {
        try await withStore { store in
            let present = try sample(10, seed: 9).digest()
            if condition.holdsWherePresent { try await store.put("a", sample(10, seed: 9)) }
            let body = TestBody([sample(size)]) { number in
                guard number == 1 else { return }
                if condition.holdsWherePresent {
                    try await store.delete("a")
                } else {
                    try await store.put("a", sample(10, seed: 9))
                }
            }
            await Self.expectFailure(current: condition.holdsWherePresent ? nil : present) {
                try await store.put("a", body: body) { $0.precondition = condition.precondition(of: present) }
            }
            #expect(body.timesAsked == 2)
            try store.expectOnly(blobFiles: 0, keys: condition.holdsWherePresent ? [] : ["a"])
        }
    }

    @Test(arguments: Condition.allCases, sizes)
    func conditionThatHoldsLetsTheFileIn(_ condition: Condition, _ size: Int) async throws {
        try await withStore { store in
            let present = try sample(10, seed: 9).digest()
            if condition.holdsWherePresent { try await store.put("a", sample(10, seed: 9)) }
            try await store.put("a", sample(size)) { $0.precondition = condition.precondition(of: present) }
            #expect(try await store.read("a") == sample(size))
        }
    }

    @Test func oneOfManyThatWantAnAbsentKeyGetsIt() async throws {
        try await withStore { store in
            let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        do {
                            try await store.put("a", sample(20_000, seed: UInt64(number))) { $0.precondition = .absent }
                            return 1
                        } catch let error as StoreError where error.code == .preconditionFailed {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(winners == 1)
            try store.expectOnly(blobFiles: 1, keys: ["a"])
        }
    }

    private static func expectFailure(current: BlobID?, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("nothing was thrown")
        } catch let error as StoreError {
            #expect(error.code == .preconditionFailed)
            #expect(error.current?.blob == current)
        } catch {
            Issue.record("\(error) is no StoreError")
        }
    }
}
