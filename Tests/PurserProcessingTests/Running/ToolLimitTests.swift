import Foundation
import PurserProcessing
import PurserTestSupport
import SystemPackage
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ToolLimitTests {
    @Test func aProgramThatHangsIsEndedAtItsLimit() async throws {
        let clock = StepClock()
        try await withBench(clock: clock) { bench in
            let command = bench.shell("sleep 1000", limits: StepLimits(time: .seconds(60)))
            async let ended = failure { try await bench.runner.run(command) }
            await clock.waitForSleepers()
            clock.advance(by: .seconds(60))
            let failure = try await ended
            #expect(failure?.code == "timed_out")
            #expect(bench.left == [])
        }
    }

    @Test func cpuTimeIsLimited() async throws {
        try await withBench { bench in
            let limits = StepLimits(time: .seconds(60), cpuTime: .seconds(1))
            let failure = try await failure {
                try await bench.runner.run(bench.python("while True: pass", limits: limits))
            }
            #expect(failure?.code == "timed_out")
            #expect(failure?.message.contains("CPU") == true)
        }
    }

    @Test func memoryIsLimitedForTheGroup() async throws {
        try await withBench { bench in
            let script = """
                import os, time
                if os.fork() == 0:
                    held = b'x' * (80 << 20)
                    time.sleep(1000)
                held = b'x' * (80 << 20)
                time.sleep(1000)
                """
            let command = bench.python(script, limits: StepLimits(memory: 128 << 20))
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "memory_exceeded")
            #expect(bench.left == [])
        }
    }

    @Test func processesAreLimited() async throws {
        try await withBench { bench in
            let script = "i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i+1)); done; wait"
            let command = bench.shell(script, limits: StepLimits(processes: 10))
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "too_many_processes")
            #expect(bench.left == [])
        }
    }

    @Test func oneFileIsLimited() async throws {
        try await withBench { bench in
            let command = bench.shell(
                "exec dd if=/dev/zero of=big bs=64k count=1000",
                limits: StepLimits(fileSize: 1 << 20)
            )
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "file_too_large")
            let size = try FileManager.default.attributesOfItem(atPath: bench.folder.appending("big").string)[.size]
            #expect(size as? Int == 1 << 20)
        }
    }

    @Test func noCoreIsWritten() async throws {
        try await withBench { bench in
            let result = try await bench.runner.run(bench.shell("ulimit -c"))
            #expect(String(decoding: result.output, as: UTF8.self) == "0\n")
        }
    }

    @Test func theAddressSpaceIsLimitedWhereAsked() async throws {
        try await withBench { bench in
            var command = bench.python("held = bytearray(1 << 30)")
            command.addressSpace = 256 << 20
            let result = try await bench.runner.run(command)
            #expect(result.complaint.contains("MemoryError"))
        }
    }

    /// Each file is small; together they fill the disk.
    @Test(.enabled(if: SmallDisk.canBeMade, "needs the right to mount"))
    func manyFilesDoNotFillTheDisk() async throws {
        try await withBench(freeSpaceFloor: 1 << 20) { bench in
            try await SmallDisk.with(at: bench.folder.appending("disk").string, bytes: 8 << 20) { disk in
                var command = bench.shell(
                    "i=0; while [ $i -lt 100 ]; do head -c 100k /dev/zero > $i || sleep 1000; i=$((i+1)); done",
                    limits: StepLimits(fileSize: 1 << 20)
                )
                command.folder = disk
                let failure = try await failure { try await bench.runner.run(command) }
                #expect(failure?.code == "disk_full")
                #expect(failure?.isTransient == true)
            }
            #expect(bench.left == [])
        }
    }

    @Test func aFullDiskEndsTheProgram() async throws {
        try await withBench(freeSpaceFloor: .max) { bench in
            let failure = try await failure { try await bench.runner.run(bench.shell("sleep 1000")) }
            #expect(failure?.code == "disk_full")
            #expect(bench.left == [])
        }
    }

    @Test func gigabytesOfOutputAreReadAndDropped() async throws {
        try await withBench { bench in
            let command = bench.shell(
                "exec head -c 2G /dev/zero",
                limits: StepLimits(time: .seconds(90)),
                maxOutput: 1000
            )
            let result = try await bench.runner.run(command)
            #expect(result.isSuccess)
            #expect(result.outputBytes == 2 << 30)
            #expect(result.output.count == 1000)
        }
    }

    @Test func tooMuchOutputEndsAStrictProgram() async throws {
        try await withBench { bench in
            let command = bench.shell("yes", maxOutput: 100_000, isOutputStrict: true)
            let failure = try await failure { try await bench.runner.run(command) }
            #expect(failure?.code == "output_too_large")
            #expect(bench.left == [])
        }
    }

    @Test func ofManyComplaintsTheFirstAndTheLastAreKept() async throws {
        try await withBench { bench in
            let result = try await bench.runner.run(
                bench.shell("(echo first; head -c 10M /dev/zero | tr '\\0' x; echo; printf '\\033last') >&2")
            )
            #expect(result.complaint.hasPrefix("first\nxxx"))
            #expect(result.complaint.hasSuffix("x\n?last"))
            #expect(result.complaint.contains("bytes …]"))
            #expect(result.complaint.utf8.count < 4200)
        }
    }
}
