import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(2)))
struct WorkerPoolTests {
    @Test func oneProcessDoesManyFiles() async throws {
        try await withWorkers(count: 1) { bench, step in
            var seen: Set<StepValue> = []
            for number in 0..<10 {
                let input = try bench.input(
                    "content",
                    parameters: ["one": .string("echo"), "two": .integer(Int64(number))]
                )
                let output = try await step.run(input, try bench.context())
                #expect(output.values["two"] == .integer(Int64(number)))
                #expect(output.values["size"] == .integer(7))
                #expect(output.files.map(\.name) == ["made.txt"])
                seen.insert(try #require(output.values["process"]))
            }
            #expect(seen.count == 1)
            #expect(step.workers.started == 1)
            #expect(step.workers.ready == 1)
            #expect(step.unavailability == nil)
        }
    }

    @Test func severalWorkAtTheSameTime() async throws {
        try await withWorkers(count: 3) { bench, step in
            // Each waits until all three are at work.
            let input = try bench.input(parameters: ["one": .string("meet"), "two": .integer(3)])
            let processes = try await withThrowingTaskGroup(of: StepValue?.self) { group in
                for _ in 0..<3 {
                    let context = try bench.context()
                    group.addTask { try await step.run(input, context).values["process"] }
                }
                return try await group.reduce(into: Set<StepValue?>()) { $0.insert($1) }
            }
            #expect(processes.count == 3)
            #expect(!processes.contains(nil))
        }
    }

    @Test func progressIsTold() async throws {
        try await withWorkers(count: 1) { bench, step in
            let told = Told()
            let input = try bench.input(parameters: ["one": .string("progress")])
            _ = try await step.run(input, try bench.context { told.add($0, $1) })
            #expect(told.all == ["0.25 quarter", "1.0 -"])
        }
    }

    @Test func aFailureOfTheFileLeavesTheWorker() async throws {
        try await withWorkers(count: 1) { bench, step in
            let failed = try await Self.failure("fail", bench, step)
            #expect(failed?.code == "bad_file" && failed?.message == "no good" && failed?.isTransient == true)
            let named = try await Self.failure("fail badly", bench, step)
            #expect(named?.code == "worker_failed")
            #expect(step.workers.started == 1)
        }
    }

    @Test(arguments: [
        ("die", "worker_died", true), ("nonsense", "worker_failed", false), ("other id", "worker_failed", false),
        ("endless line", "worker_died", true),
    ])
    func aLostWorkerIsReplaced(_ what: String, _ code: String, _ isTransient: Bool) async throws {
        try await withWorkers(count: 1) { bench, step in
            let failed = try await Self.failure(what, bench, step)
            #expect(failed?.code == code)
            #expect(failed?.isTransient == isTransient)
            let output = try await step.run(
                try bench.input(parameters: ["one": .string("echo")]),
                try bench.context()
            )
            #expect(output.values["process"] != nil)
            #expect(step.workers.started == 2)
            #expect(step.workers.lost == 1)
        }
    }

    /// Of what one process leaves where it runs, the next finds nothing, and in the end nothing is there.
    @Test func eachProcessBeginsInAnEmptyFolder() async throws {
        try await withBench { bench in
            let step = try workerStep(count: 1, script: script)
            let folder = bench.folder.appending("workers").string
            let outside = bench.folder.appending("outside").string
            for path in [folder, outside] {
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            }
            try Data("kept".utf8).write(to: URL(filePath: "\(outside)/file"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await step.serve(in: folder, limits: StepLimits(), with: bench.runner) }
                try await whenStarted(step, 1)
                func names(_ what: String) async throws -> StepValue? {
                    let input = try bench.input(
                        parameters: ["one": .string(what), "two": .string(outside)]
                    )
                    return try await step.run(input, try bench.context()).values["names"]
                }
                let first = try await names("litter")
                #expect(first == .list([.string("deep"), .string("file"), .string("link")]))
                _ = try await Self.failure("die", bench, step)
                let second = try await names("list")
                #expect(second == .list([]))
                #expect(step.workers.started == 2)
                group.cancelAll()
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(left == [])
            #expect(FileManager.default.fileExists(atPath: "\(outside)/file"))
        }
    }

    @Test func timeAndMemoryOfAFileAreLimited() async throws {
        try await withWorkers(count: 1) { bench, step in
            let late = try await Self.failure("hang", bench, step, StepLimits(time: .milliseconds(300)))
            #expect(late?.code == "timed_out")
            let large = try await Self.failure("eat", bench, step, StepLimits(memory: 100 << 20))
            #expect(large?.code == "memory_exceeded")
            let output = try await step.run(
                try bench.input(parameters: ["one": .string("echo")]),
                try bench.context()
            )
            #expect(output.values["process"] != nil)
        }
    }

    @Test func cancellingAFileEndsItsWorkerOnly() async throws {
        try await withWorkers(count: 2) { bench, step in
            let (started, start) = AsyncStream<Void>.makeStream()
            let input = try bench.input(parameters: ["one": .string("hang")])
            let context = try bench.context { _, _ in start.finish() }
            let run = Task { try await step.run(input, context) }
            for await _ in started {}
            run.cancel()
            await #expect(throws: CancellationError.self) { try await run.value }
            let output = try await step.run(
                try bench.input(parameters: ["one": .string("echo")]),
                try bench.context()
            )
            #expect(output.values["process"] != nil)
            #expect(step.workers.lost == 1)
        }
    }

    @Test func whatDoesNotGetReadyMakesTheStepUnavailable() async throws {
        try await withWorkers(count: 2, script: "import sys; sys.exit('no model here')") { bench, step in
            let failed = try await Self.failure("echo", bench, step)
            #expect(failed?.code == "tool_unavailable")
            #expect(failed?.message.contains("no model here") == true)
            #expect(step.unavailability?.code == "tool_unavailable")
            // Another asks in vain at once.
            let again = try await Self.failure("echo", bench, step)
            #expect(again?.code == "tool_unavailable")
        }
    }

    @Test func withoutServingThereIsNobody() async throws {
        try await withBench { bench in
            let step = try workerStep(count: 1, script: script)
            let failed = try await Self.failure("echo", bench, step)
            #expect(failed?.code == "tool_unavailable")
            #expect(failed?.isTransient == true)
        }
    }

    @Test func anIdleWorkerEndsAndComesBack() async throws {
        let clock = StepClock()
        try await withWorkers(count: 1, clock: clock) { bench, step in
            let input = try bench.input(parameters: ["one": .string("echo")])
            let first = try await step.run(input, try bench.context())
            // It now sleeps for as long as it may be idle.
            await clock.waitForSleepers()
            clock.advance(by: .seconds(600))
            while step.workers.ready > 0 { await Task.yield() }
            let process = try #require(first.values["process"]?.wholeNumber)
            let second = try await step.run(input, try bench.context())
            #expect(second.values["process"] != first.values["process"])
            #expect(kill(Int32(process), 0) != 0)
            #expect(step.workers.started == 2)
            #expect(step.workers.lost == 0)
        }
    }

    private static func failure(
        _ what: String,
        _ bench: Bench,
        _ step: any ResidentStep,
        _ limits: StepLimits = StepLimits()
    ) async throws -> StepFailure? {
        let input = try bench.input(parameters: ["one": .string(what)])
        let context = try bench.context(limits)
        do {
            _ = try await step.run(input, context)
            return nil
        } catch let failure as StepFailure {
            return failure
        }
    }
}

/// Serves a worker in Python for as long as the body runs, and then expects that nothing of it is left.
private func withWorkers(
    count: Int,
    script: String = script,
    clock: any Clock<Duration> = ContinuousClock(),
    _ body: @escaping @Sendable (Bench, any ResidentStep) async throws -> Void
) async throws {
    try await withBench(clock: clock) { bench in
        let step = try workerStep(count: count, script: script)
        let folder = bench.folder.appending("workers").string
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await step.serve(in: folder, limits: StepLimits(), with: bench.runner) }
            try await whenStarted(step, count)
            try await body(bench, step)
            group.cancelAll()
        }
        #expect(bench.left == [])
        #expect(step.workers.ready == 0)
    }
}

/// Waits until the workers were started, each once at least.
private func whenStarted(_ step: any ResidentStep, _ count: Int) async throws {
    while step.workers.started < count { await Task.yield() }
}

private func workerStep(count: Int, script: String) throws -> any ResidentStep {
    let step = try execStep([
        "program": "/usr/bin/python3",
        "arguments": .list(["-u", "-c", .string(script.replacing("{", with: "{{").replacing("}", with: "}}"))]),
        "persistent": .bool(true),
        "workers": .integer(Int64(count)),
        "outputs": .list([.object(["name": "made.txt", "optional": .bool(true)])]),
    ])
    return try #require(step as? any ResidentStep)
}

private let script = """
    import json, os, sys, time
    def say(**message): print(json.dumps(message), flush=True)
    print('libraries may print what they like')
    say(ready=True)
    for line in sys.stdin:
        request = json.loads(line)
        id, what = request['id'], request['parameters'].get('one')
        folder = request['folder']
        if what == 'echo':
            open(folder + '/made.txt', 'w').write('made')
            say(id=id, values={'process': os.getpid(), 'two': request['parameters'].get('two'), 'size': request['size']})
        elif what == 'meet':
            place = os.path.dirname(request['input']) + '/meeting'
            os.makedirs(place, exist_ok=True)
            open(f'{place}/{os.getpid()}', 'w')
            while len(os.listdir(place)) < request['parameters']['two']: time.sleep(0.01)
            say(id=id, values={'process': os.getpid()})
        elif what == 'litter':
            os.makedirs('deep/deeper')
            open('deep/deeper/file', 'w')
            open('file', 'w').write('left')
            os.symlink(request['parameters']['two'], 'link')
            say(id=id, values={'names': sorted(os.listdir('.'))})
        elif what == 'list': say(id=id, values={'names': sorted(os.listdir('.'))})
        elif what == 'progress':
            say(id=id, progress=0.25, message='quarter')
            say(id=id, progress=7)
            say(id=id, values={})
        elif what == 'fail': say(id=id, error={'code': 'bad_file', 'message': 'no good', 'transient': True})
        elif what == 'fail badly': say(id=id, error={'code': 'Bad File', 'message': 'no good'})
        elif what == 'die': os._exit(1)
        elif what == 'nonsense': print('{nonsense', flush=True)
        elif what == 'other id': say(id=id + 1, values={})
        elif what == 'endless line':
            while True: sys.stdout.write('x' * 65536)
        elif what == 'hang':
            say(id=id, progress=0)
            time.sleep(1000)
        elif what == 'eat':
            held = b'x' * (200 << 20)
            time.sleep(1000)
    """
