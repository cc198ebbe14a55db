import PurserIdentifiers
import PurserTestSupport
import Synchronization
import Testing

@testable import PurserOperations

/// Reads a sequence element by element.
private final class Reader<Updates: AsyncSequence>
where Updates.Element == OperationSnapshot, Updates.Failure == Never {
    private var iterator: Updates.AsyncIterator

    init(_ updates: Updates) {
        self.iterator = updates.makeAsyncIterator()
    }

    func next() async -> OperationSnapshot? {
        await self.iterator.next(isolation: #isolation)
    }
}

@Suite(.timeLimit(.minutes(1))) struct ObserverTests {
    private let clock = StepClock()
    private let tracker: ProgressTracker

    init() {
        self.tracker = ProgressTracker(clock: self.clock)
    }

    @Test func thePresentStateComesFirst() async throws {
        let operation = try self.tracker.begin(.upload, name: "a", bytesTotal: 10)
        operation.advance(bytes: 5)
        let updates = Reader(try #require(self.tracker.updates(of: operation.id)))
        #expect(await updates.next()?.progress.bytesDone == 5)
        #expect(self.tracker.updates(of: OperationID()) == nil)
    }

    @Test func manyUpdatesWithinTheIntervalAreOne() async throws {
        let operation = try self.tracker.begin(.upload, name: "a")
        let updates = try #require(self.tracker.updates(of: operation.id))
        let seen = Calls()
        let observer = Task {
            for await update in updates { seen.add("\(update.progress.bytesDone)") }
        }
        while seen.all.count < 1 { await Task.yield() }
        for round in 1...3 {
            for _ in 0..<1_000 { operation.advance(bytes: 1) }
            // It has heard of the first, and holds back until the interval is over.
            await self.clock.waitForSleepers()
            for _ in 0..<1_000 { operation.advance(bytes: 1) }
            #expect(seen.all.count == round)
            self.clock.advance(by: .milliseconds(100))
            while seen.all.count < round + 1 { await Task.yield() }
        }
        operation.finish(.success(()))
        await self.clock.waitForSleepers()
        self.clock.advance(by: .milliseconds(100))
        await observer.value
        #expect(seen.all == ["0", "2000", "4000", "6000", "6000"])
    }

    @Test func aSlowConsumerSkipsToTheFinalState() async throws {
        let operation = try self.tracker.begin(.upload, name: "a")
        let updates = Reader(try #require(self.tracker.updates(of: operation.id)))
        #expect(await updates.next()?.state == .queued)
        try operation.start()
        for index in 0..<10_000 { operation.update(message: "\(index)") }
        operation.finish(.failure(CancellationError()))
        self.clock.advance(by: .seconds(1))
        #expect(await updates.next()?.state == .cancelled)
        #expect(await updates.next() == nil)
    }

    @Test func cancellingTheObserverEndsIt() async throws {
        let operation = try self.tracker.begin(.upload, name: "a")
        let updates = try #require(self.tracker.updates(of: operation.id))
        let hasFirst = Gate()
        let observer = Task {
            var count = 0
            for await _ in updates {
                count += 1
                hasFirst.open()
            }
            return count
        }
        await hasFirst.wait()
        observer.cancel()
        #expect(await observer.value == 1)
        #expect(operation.signals.withLock { $0.isEmpty })
    }

    @Test func allOperationsAreObservedTogether() async throws {
        let before = try self.tracker.begin(.upload, name: "before")
        let updates = Reader(self.tracker.updates())
        let after = try self.tracker.begin(.copy, name: "after")
        before.advance(bytes: 1)
        before.advance(bytes: 1)
        after.finish(.success(()))
        let first = await updates.next()
        let second = await updates.next()
        #expect([first?.name, second?.name] == ["after", "before"])
        #expect(first?.state == .succeeded)
        #expect(second?.progress.bytesDone == 2)
        before.advance(bytes: 1)
        self.clock.advance(by: .milliseconds(100))
        #expect(await updates.next()?.progress.bytesDone == 3)
    }

    @Test func observersOfAllEndAtTheStop() async throws {
        let updates = self.tracker.updates()
        let observer = Task { await updates.reduce(into: 0) { count, _ in count += 1 } }
        self.tracker.endUpdates()
        #expect(await observer.value == 0)
        let late = Reader(self.tracker.updates())
        #expect(await late.next() == nil)
    }

    @Test func anObserverThatFallsBehindStaysBounded() throws {
        let observer = HubObserver(limit: 10)
        for index in 0..<100 { observer.mark(try self.tracker.begin(.upload, name: "\(index)")) }
        #expect(observer.takeAll().map(\.name) == (90..<100).map { "\($0)" })
    }
}
