import Foundation
import PurserOperations
import Testing

@testable import PurserProcessing

/// Who is next, and how many go at the same time.
@Suite
struct JobChoiceTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func candidate(
        _ number: Int64,
        _ priority: OperationPriority = .batch,
        of client: String = "one",
        age: Double = 0,
        last: (number: UInt64, age: Double)? = nil,
        inFlight: Int = 0
    ) -> JobChoice.Candidate {
        JobChoice.Candidate(
            number: number,
            client: client,
            priority: priority,
            createdAt: Self.now - age,
            lastBegin: last.map { JobChoice.Begin(number: $0.number, at: Self.now - $0.age) },
            inFlight: inFlight
        )
    }

    /// Where nothing else is said, the jobs that wait are of the client of those that run.
    private func choose(
        _ candidates: [JobChoice.Candidate],
        waiting: (OperationPriority, age: Double)? = nil,
        of clients: [String] = ["one"],
        running: Int? = nil,
        workers: Int = 4
    ) -> JobChoice.Decision {
        var shares: [String: JobChoice.Share] = [:]
        for candidate in candidates {
            var share = shares[candidate.client] ?? JobChoice.Share()
            share.jobs += 1
            share.inFlight += candidate.inFlight
            share.lastBegin = max(share.lastBegin, candidate.lastBegin?.number ?? 0)
            shares[candidate.client] = share
        }
        // Jobs that run and have nothing to begin.
        shares["one", default: JobChoice.Share()].jobs += max(0, (running ?? 0) - candidates.count)
        let waiters = waiting.map { waiting in
            clients.enumerated().map { offset, client in
                JobChoice.Waiter(
                    number: Int64(100 + offset),
                    client: client,
                    priority: waiting.0,
                    createdAt: Self.now - waiting.age
                )
            }
        }
        return JobChoice.choose(candidates, waiters: waiters ?? [], shares: shares, workers: workers, at: Self.now)
    }

    @Test
    func nothingToDo() {
        #expect(self.choose([]) == .wait)
        #expect(self.choose([], waiting: (.batch, 0)) == .start(100))
        // Their last files are being written down.
        #expect(self.choose([], waiting: (.batch, 0), running: 16) == .wait)
    }

    @Test
    func jobsTakeTurns() {
        #expect(self.choose([self.candidate(1, age: 9, inFlight: 2), self.candidate(2, inFlight: 1)]) == .take(2))
        #expect(self.choose([self.candidate(1, age: 9), self.candidate(2)]) == .take(1))
    }

    @Test
    func smallJobNeedNotWaitForALargeOne() {
        #expect(self.choose([self.candidate(1, inFlight: 1)], waiting: (.batch, 0)) == .start(100))
        // One that runs and has nothing under way goes first.
        #expect(self.choose([self.candidate(1)], waiting: (.batch, 0)) == .take(1))
        // As many run as there are workers.
        let running = (1...4).map { self.candidate($0, inFlight: 1) }
        #expect(self.choose(running, waiting: (.batch, 0)) == .take(1))
        #expect(self.choose(running, waiting: (.interactive, 0)) == .start(100))
    }

    @Test
    func urgentGoesFirstAndNoneStarves() {
        let background = self.candidate(1, .background, age: 60)
        #expect(self.choose([background, self.candidate(2, .interactive, inFlight: 3)]) == .take(2))
        // Two classes in twenty minutes.
        let old = self.candidate(1, .background, age: 1_201)
        #expect(self.choose([old, self.candidate(2, .interactive, inFlight: 3)]) == .take(1))
    }

    @Test
    func jobWaitsForTheLastFileOfItNotForTheFirst() {
        // Served a moment ago, it has not waited, however old it is.
        let served = self.candidate(1, .background, age: 9_999, last: (7, 1))
        #expect(self.choose([served, self.candidate(2, .batch, inFlight: 3)]) == .take(2))
        let waited = self.candidate(1, .background, age: 9_999, last: (7, 601))
        #expect(self.choose([waited, self.candidate(2, .batch, inFlight: 3)]) == .take(1))
    }

    @Test
    func clientsTakeTurnsHoweverManyJobsTheyHave() {
        // Of nine jobs of a client three have a file under way, of the other's only one has one.
        let many = (1...9).map { self.candidate($0, age: 99, inFlight: $0 <= 3 ? 1 : 0) }
        #expect(self.choose(many + [self.candidate(10, of: "two", inFlight: 1)], workers: 9) == .take(10))
        // With nothing under way the one goes first that was not the last.
        let one = self.candidate(1, of: "one", age: 99, last: (8, 2))
        let two = self.candidate(2, of: "two", age: 9, last: (7, 3))
        #expect(self.choose([one, two]) == .take(2))
        // So do the jobs of a client.
        #expect(self.choose([one, self.candidate(3, age: 9, last: (6, 4))]) == .take(3))
    }

    @Test
    func firstJobOfAClientStartsBesideManyOfAnother() {
        let running = (1...4).map { self.candidate($0, inFlight: 1) }
        #expect(self.choose(running, waiting: (.batch, 0), of: ["one", "two"]) == .start(101))
        // Its second does not, nor one that is less urgent.
        let both = running + [self.candidate(5, of: "two", inFlight: 1)]
        #expect(self.choose(both, waiting: (.batch, 0), of: ["one", "two"]) == .take(5))
        #expect(self.choose(running, waiting: (.background, 0), of: ["one", "two"]) == .take(1))
        // Nor more than there is room for.
        #expect(self.choose(running, waiting: (.batch, 0), of: ["two"], running: 16) == .take(1))
    }

    @Test
    func ofTheJobsThatWaitTheOneOfWhomHasLeastStarts() {
        let running = [self.candidate(1, inFlight: 1)]
        #expect(self.choose(running, waiting: (.batch, 0), of: ["one", "two", "three"]) == .start(101))
        #expect(self.choose([], waiting: (.batch, 0), of: ["one", "two"], running: 3) == .start(101))
        #expect(self.choose([], waiting: (.batch, 0), of: ["two", "one"]) == .start(100))
    }

    @Test(arguments: [
        // cores, free MiB, average bytes, count, workers, batch
        (2, 4_096, Int64(0), 1_000, 4, 10), (2, 4_096, 1 << 20, 1_000, 4, 16), (2, 4_096, 100 << 20, 1_000, 4, 1),
        (2, 300, 20 << 20, 1_000, 2, 1), (16, 65_536, 1_000, 1_000, 12, 50), (2, 20, 0, 1_000, 1, 10),
        (2, 4_096, 0, 3, 3, 1), (2, 4_096, 1_000, 100, 4, 25), (2, 4_096, .max, 1_000, 1, 1),
        (2, 4_096, 0, .max, 4, 10),
    ])
    func planFollowsMemoryCoresAndSizes(
        _ cores: Int,
        _ free: Int,
        _ average: Int64,
        _ count: Int,
        _ workers: Int,
        _ batch: Int
    ) {
        let machine = ProcessingMachine(cores: cores, freeMemory: free << 20)
        let plan = ProcessingPlan.make(count: count, averageBytes: average, machine: machine, slots: 12)
        #expect(plan.workers == workers, "\(plan)")
        #expect(plan.batch == batch, "\(plan)")
        #expect(plan.why.count >= 3)
    }

    @Test
    func whatIsSetIsTaken() {
        var configuration = ProcessingConfiguration()
        configuration.workers = 7
        configuration.batch = 3
        let machine = ProcessingMachine(cores: 1, freeMemory: 1)
        let plan = ProcessingPlan.make(
            count: 100,
            averageBytes: 1 << 40,
            machine: machine,
            slots: 1,
            configuration: configuration
        )
        #expect(plan.workers == 7)
        #expect(plan.batch == 3)
        #expect(plan.why == ["processing.workers is 7", "processing.batch is 3"])
    }

    @Test
    func machineIsKnown() {
        let machine = ProcessingMachine.present()
        #expect(machine.cores >= 1)
        #expect(machine.freeMemory > 1 << 20)
    }

    @Test
    func everyWrongSettingIsTold() {
        #expect(ProcessingConfiguration().problems().isEmpty)
        var configuration = ProcessingConfiguration()
        configuration.workers = 0
        configuration.batch = 2_000
        configuration.fileTimeout = .zero
        configuration.keptJobs = -1
        configuration.maxInputs = 0
        configuration.outputPrefix = "/x"
        configuration.quarantinePrefix = ""
        let trigger = ProcessingTrigger(name: "a", event: .upload, pipeline: "p")
        configuration.triggers = [trigger, trigger]
        #expect(
            configuration.problems().map(\.key) == [
                "processing.workers", "processing.batch", "processing.file_timeout", "processing.keep_jobs",
                "processing.max_inputs", "processing.output_prefix", "processing.quarantine_prefix",
                "processing.triggers.name",
            ]
        )
    }
}
