import Foundation
import PurserTestSupport
import Testing

@testable import PurserOperations

@Suite(.timeLimit(.minutes(1))) struct ScratchRemovalTests {
    @Test(arguments: [ScratchFixture.Trouble.fails, .lies])
    func whatCannotBeRemovedIsListedAndTriedAgain(_ trouble: ScratchFixture.Trouble) async throws {
        try await ScratchFixture.run { fixture in
            let operation = try fixture.operation()
            fixture.trouble.now = trouble
            let path = try await fixture.scratch.withTemporaryFile(for: operation, scope: "page") { $0 }
            let failure = try #require(fixture.scratch.failures().first)
            #expect((failure.operation, failure.scope, failure.path) == (operation.id, "page", path))
            #expect(failure.attempts == 1)
            #expect(fixture.scratch.figures().count == 1)

            let service = Task { try await fixture.scratch.run() }
            // Not due yet at the first round, due and in vain a second later, due and done three seconds later.
            await fixture.clock.waitForSleepers()
            #expect(fixture.scratch.failures().first?.attempts == 1)
            fixture.clock.advance(by: .seconds(1))
            await fixture.clock.waitForSleepers()
            #expect(fixture.scratch.failures().first?.attempts == 2)
            fixture.trouble.now = .none
            fixture.clock.advance(by: .seconds(1))
            await fixture.clock.waitForSleepers()
            #expect(fixture.scratch.failures().count == 1)
            fixture.clock.advance(by: .seconds(1))
            await fixture.clock.waitForSleepers()
            #expect(fixture.scratch.failures().isEmpty)
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(fixture.scratch.figures().failedRemovals == 2)
            service.cancel()
            try await service.value
        }
    }

    @Test func atTheLimitTheLeavingsGoFirst() async throws {
        try await ScratchFixture.run(limit: 2) { fixture in
            let operation = try fixture.operation()
            fixture.trouble.now = .fails
            try await fixture.scratch.withTemporaryFile(for: operation) { _ in }
            try await fixture.scratch.withTemporaryFile(for: operation) { _ in }
            #expect(fixture.scratch.figures().count == 2)
            fixture.trouble.now = .none
            try await fixture.scratch.withTemporaryFile(for: operation, deadline: .zero) { _ in }
            #expect(fixture.scratch.failures().isEmpty)
            #expect(try fixture.names().isEmpty)
        }
    }

    @Test func whatAnEndedOperationStillHoldsGoesFirst() async throws {
        try await ScratchFixture.run(limit: 1) { fixture in
            let abandoned = try fixture.operation()
            let end = Gate()
            let holder = await fixture.hold(abandoned, until: end)
            let other = try fixture.operation()
            await expectError(.tempFilesExhausted) {
                try await fixture.scratch.withTemporaryFile(for: other, deadline: .zero) { _ in }
            }
            abandoned.finish(.failure(CancellationError()))
            try await fixture.scratch.withTemporaryFile(for: other, deadline: .zero) { _ in }
            end.open()
            try await holder.value
            let figures = fixture.scratch.figures()
            #expect((figures.count, figures.made, figures.removed) == (0, 2, 2))
        }
    }

    @Test func theServiceRemovesWhatAnEndedOperationStillHolds() async throws {
        try await ScratchFixture.run { fixture in
            let operation = try fixture.operation()
            let end = Gate()
            let holder = await fixture.hold(operation, until: end)
            let service = Task { try await fixture.scratch.run() }
            await fixture.clock.waitForSleepers()
            #expect(fixture.scratch.figures().count == 1)
            operation.finish(.success(()))
            fixture.clock.advance(by: .seconds(1))
            await fixture.clock.waitForSleepers()
            #expect(fixture.scratch.figures().count == 0)
            #expect(try fixture.names().isEmpty)
            service.cancel()
            try await service.value
            end.open()
            try await holder.value
        }
    }

    @Test func cleaningUpSparesWhatIsInUseAndForceDoesNot() async throws {
        try await ScratchFixture.run { fixture in
            let running = try fixture.operation("running")
            let ended = try fixture.operation("ended")
            let end = Gate()
            let first = await fixture.hold(running, until: end)
            let second = await fixture.hold(ended, until: end)
            ended.finish(.success(()))
            let cleaning = await fixture.scratch.cleanUp()
            #expect(cleaning.removed == 1 && cleaning.failures.isEmpty)
            #expect(fixture.scratch.figures().count == 1)
            fixture.trouble.now = .fails
            let failed = await fixture.scratch.forceCleanUp()
            #expect(failed.removed == 0 && failed.failures.map(\.operation) == [running.id])
            fixture.trouble.now = .none
            #expect(await fixture.scratch.forceCleanUp().removed == 1)
            #expect(try fixture.names().isEmpty)
            end.open()
            try await first.value
            try await second.value
            #expect(fixture.scratch.figures().removed == 2)
        }
    }

    @Test func aFileThatTwoWantToRemoveIsRemovedOnce() async throws {
        try await ScratchFixture.run { fixture in
            let operation = try fixture.operation()
            let begun = Gate()
            let end = Gate()
            let holder = await fixture.hold(operation, until: end)
            fixture.removalBegins.now = begun
            let forced = Task { await fixture.scratch.forceCleanUp() }
            await begun.wait()
            end.open()
            // Its scope ends while the other removes it: it does not wait, and does not count it again.
            try await holder.value
            fixture.mayRemove.open()
            #expect(await forced.value.removed == 1)
            #expect(fixture.scratch.figures().removed == 1)
            #expect(fixture.scratch.figures().count == 0)
        }
    }
}
