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
        age: Double = 0,
        inFlight: Int = 0
    ) -> JobChoice.Candidate {
        JobChoice.Candidate(number: number, priority: priority, createdAt: Self.now - age, inFlight: inFlight)
    }

    private func choose(
        _ candidates: [JobChoice.Candidate],
        waiting: (OperationPriority, age: Double)? = nil,
        running: Int? = nil,
        workers: Int = 4
    ) -> JobChoice.Decision {
        JobChoice.choose(
            candidates,
            waiting: waiting.map { ($0.0, Self.now - $0.age) },
            running: running ?? candidates.count,
            workers: workers,
            at: Self.now
        )
    }

    @Test
    func nothingToDo() {
        #expect(self.choose([]) == .wait)
        #expect(self.choose([], waiting: (.batch, 0)) == .start)
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
        #expect(self.choose([self.candidate(1, inFlight: 1)], waiting: (.batch, 0)) == .start)
        // One that runs and has nothing under way goes first.
        #expect(self.choose([self.candidate(1)], waiting: (.batch, 0)) == .take(1))
        // As many run as there are workers.
        let running = (1...4).map { self.candidate($0, inFlight: 1) }
        #expect(self.choose(running, waiting: (.batch, 0)) == .take(1))
        #expect(self.choose(running, waiting: (.interactive, 0)) == .start)
    }

    @Test
    func urgentGoesFirstAndNoneStarves() {
        let background = self.candidate(1, .background, age: 60)
        #expect(self.choose([background, self.candidate(2, .interactive, inFlight: 3)]) == .take(2))
        // Two classes in twenty minutes.
        let old = self.candidate(1, .background, age: 1_201)
        #expect(self.choose([old, self.candidate(2, .interactive, inFlight: 3)]) == .take(1))
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
