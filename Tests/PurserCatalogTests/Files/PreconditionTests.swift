import PurserIdentifiers
import Testing

@testable import PurserCatalog

@Suite
struct PreconditionTests {
    /// What must be there (`nil`: no file; else the content's number), what is asked, and whether it holds.
    static let cases: [(current: Int?, precondition: WritePrecondition, holds: Bool)] = [
        (nil, .none, true), (1, .none, true),
        (nil, .absent, true), (1, .absent, false),
        (nil, .exists, false), (1, .exists, true),
        (nil, .matches([.sample(1)]), false), (1, .matches([.sample(2), .sample(1)]), true),
        (1, .matches([.sample(2)]), false), (1, .matches([]), false),
        (nil, .noneMatch([.sample(1)]), true), (1, .noneMatch([.sample(1)]), false),
        (1, .noneMatch([.sample(2)]), true),
    ]

    @Test(arguments: Self.cases)
    func preconditionDecides(_ current: Int?, _ precondition: WritePrecondition, _ holds: Bool) async throws {
        try await CatalogFixture.run { catalog in
            let file = try await current.asyncMap { try await catalog.commit(.sample("a", $0)).file }
            let replacement = try NewFile.sample("a", 3, if: precondition, at: 2)
            if holds {
                #expect(try await catalog.commit(replacement).replaced == file)
                return
            }
            let error = await expectError(.preconditionFailed) { try await catalog.commit(replacement) }
            #expect(error?.current == file)
            #expect(try catalog.file(bucket: .default, key: replacement.key) == file)
            #expect(try catalog.blob(.sample(3)) == nil)
        }
    }

    @Test
    func onlyOneOfManyCreatesTheFile() async throws {
        try await CatalogFixture.run { catalog in
            let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        do {
                            return try await catalog.commit(.sample("a", number, if: .absent)).created
                        } catch let error as CatalogError where error.code == .preconditionFailed {
                            return false
                        }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
            #expect(try catalog.totals().blobs == 1)
        }
    }
}

extension Optional {
    fileprivate func asyncMap<Value>(_ body: (Wrapped) async throws -> Value) async rethrows -> Value? {
        guard let self else { return nil }
        return try await body(self)
    }
}
