import Foundation
import PurserIdentifiers
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserOperations

/// Notes who came, in order.
private final class Visitors: Sendable {
    private let numbers = Mutex<[Int]>([])

    var all: [Int] { self.numbers.withLock { $0 } }

    func note(_ number: Int) {
        self.numbers.withLock { $0.append(number) }
    }
}

@Suite(.timeLimit(.minutes(1))) struct ScratchFilesTests {
    @Test func aFolderIsThereForTheBodyAndGoneAfterIt() async throws {
        try await ScratchFixture.run { fixture in
            let operation = try fixture.operation()
            let path = try await fixture.scratch.withTemporaryDirectory(for: operation) { path in
                #expect(path.hasPrefix("\(fixture.root)/\(operation.id)/"))
                try Data("x".utf8).write(to: URL(filePath: path + "/page"))
                #expect(fixture.scratch.figures().count == 1)
                return path
            }
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try fixture.names().isEmpty)
            let figures = fixture.scratch.figures()
            #expect((figures.count, figures.highWater, figures.made, figures.removed) == (0, 1, 1, 1))
        }
    }

    @Test func aFileGoesAlsoWhereTheBodyFailsOrIsCancelled() async throws {
        struct Sample: Error {}
        try await ScratchFixture.run { fixture in
            let operation = try fixture.operation()
            await #expect(throws: Sample.self) {
                try await fixture.scratch.withTemporaryFile(for: operation) { path in
                    #expect(FileManager.default.fileExists(atPath: path))
                    throw Sample()
                }
            }
            #expect(try fixture.names().isEmpty)
            let isThere = Gate()
            let task = Task {
                try await fixture.scratch.withTemporaryFile(for: operation) { _ in
                    isThere.open()
                    try await Gate().waitOrThrow()
                }
            }
            await isThere.wait()
            #expect(try fixture.names().count == 2)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try fixture.names().isEmpty)
        }
    }

    @Test func twoHundredPassUnderALimitOfFive() async throws {
        try await ScratchFixture.run(limit: 5) { fixture in
            let operations = try (0..<20).map { try fixture.operation("\($0)") }
            let visitors = Visitors()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        try await fixture.scratch.withTemporaryDirectory(for: operations[index % 20]) { path in
                            try Data("\(index)".utf8).write(to: URL(filePath: path + "/number"))
                            await Task.yield()
                            let text = try String(contentsOfFile: path + "/number", encoding: .utf8)
                            #expect(text == "\(index)")
                            visitors.note(index)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(visitors.all.sorted() == Array(0..<200))
            let figures = fixture.scratch.figures()
            #expect((figures.count, figures.highWater, figures.waiting) == (0, 5, 0))
            #expect((figures.made, figures.removed, figures.refused) == (200, 200, 0))
            #expect(try fixture.names().isEmpty)
        }
    }

    @Test func askersAreServedInTheirOrder() async throws {
        try await ScratchFixture.run(limit: 1) { fixture in
            let operation = try fixture.operation()
            let end = Gate()
            let holder = await fixture.hold(operation, until: end)
            let visitors = Visitors()
            var tasks: [Task<Void, any Error>] = []
            for index in 0..<5 {
                tasks.append(await fixture.ask(operation) { _ in visitors.note(index) })
            }
            end.open()
            try await holder.value
            for task in tasks { try await task.value }
            #expect(visitors.all == [0, 1, 2, 3, 4])
        }
    }

    @Test func anAskerWaitsNoLongerThanItsDeadline() async throws {
        try await ScratchFixture.run(limit: 1) { fixture in
            let operation = try fixture.operation()
            let end = Gate()
            let holder = await fixture.hold(operation, until: end)
            let task = await fixture.ask(operation, deadline: .seconds(5)) { _ in Issue.record("it got one") }
            await fixture.clock.waitForSleepers()
            fixture.clock.advance(by: .milliseconds(4_999))
            #expect(fixture.scratch.figures().waiting == 1)
            fixture.clock.advance(by: .milliseconds(1))
            await expectError(.tempFilesExhausted) { try await task.value }
            await expectError(.tempFilesExhausted) {
                try await fixture.scratch.withTemporaryFile(for: operation, deadline: .zero) { _ in }
            }
            #expect(fixture.scratch.figures().refused == 2)
            #expect(fixture.scratch.figures().waiting == 0)
            end.open()
            try await holder.value
            // Nobody holds the place of the one that left.
            try await fixture.scratch.withTemporaryFile(for: operation, deadline: .zero) { _ in }
        }
    }

    @Test func aCancelledAskerLeavesTheLine() async throws {
        try await ScratchFixture.run(limit: 1) { fixture in
            let operation = try fixture.operation()
            let end = Gate()
            let holder = await fixture.hold(operation, until: end)
            let first = await fixture.ask(operation) { _ in Issue.record("it got one") }
            let second = await fixture.ask(operation)
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            #expect(fixture.scratch.figures().waiting == 1)
            end.open()
            try await holder.value
            try await second.value
        }
    }

    @Test func theConfigurationNamesAllThatIsWrong() {
        var configuration = ScratchConfiguration()
        #expect(configuration.limit == 100)
        #expect(configuration.problems().isEmpty)
        configuration.limit = 0
        configuration.waitLimit = .seconds(-1)
        #expect(
            configuration.problems().map(\.key) == ["resources.temp_files.limit", "resources.temp_files.wait_limit"]
        )
    }
}
