import Foundation
import Logging
import PurserTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import PurserMonitor

@Suite struct MachineProbeTests {
    @Test func theFirstLookTellsAllThatNeedsNoSecond() throws {
        try MachineFixture.run { fixture in
            let figures = fixture.probe().look()
            let memory = figures.memory
            #expect(memory.resident == 20_480_000)
            #expect(memory.virtual == 104_857_600)
            #expect(memory.peak == 30_720_000)
            #expect(memory.machineTotal == 2_048_000_000)
            #expect(memory.machineAvailable == 1_536_000_000)
            #expect(memory.percentOfMachine == 1)
            #expect(memory.groupLimit == nil && memory.percentOfGroup == nil)
            #expect(figures.cpu.cores == 2)
            #expect(figures.cpu.processSeconds == 2)
            #expect(figures.cpu.childrenSeconds == 0.3)
            #expect(figures.cpu.process == nil && figures.cpu.machine == nil && figures.cpu.components.isEmpty)
            #expect(figures.load == [0.5, 0.25, 0.1])
            #expect(figures.diskReadBytes == 4_096)
            #expect(figures.diskWrittenBytes == 8_192)
            #expect(figures.openDescriptors == 3)
            #expect(figures.descriptorLimit == 1_024)
            #expect(figures.threads == 3)
            let (total, free) = try #require(try Self.space(of: fixture.root))
            #expect(figures.diskBytes == total)
            #expect(abs(try #require(figures.diskAvailableBytes) - free) < 1 << 30)
            #expect(fixture.log.paths.isEmpty)
        }
    }

    /// Told by another way than the one under test.
    private static func space(of path: FilePath) throws -> (Int64, Int64)? {
        let values = try FileManager.default.attributesOfFileSystem(forPath: path.string)
        guard let total = values[.systemSize] as? NSNumber, let free = values[.systemFreeSize] as? NSNumber else {
            return nil
        }
        return (total.int64Value, free.int64Value)
    }

    @Test func theCPUBetweenTwoLooksIsSharedOut() throws {
        try MachineFixture.run { fixture in
            let writer = Mutex(Duration.seconds(1))
            let probe = fixture.probe { writer.withLock { $0 } }
            _ = probe.look()
            // Ten seconds on two cores, which are twenty seconds of CPU.
            fixture.clock.advance(by: .seconds(10))
            writer.withLock { $0 += .seconds(1) }
            try fixture.write([
                "proc/self/stat": MachineFixture.stat("purser", user: 550, system: 650, children: 230),
                "proc/self/task/78/stat": MachineFixture.stat("NIO-SGLTN-0-#1", user: 260, system: 220),
                "proc/self/task/79/stat": MachineFixture.stat("purser-disk-0", user: 110, system: 120),
                // A new one that began at zero, and has no name that tells.
                "proc/self/task/80/stat": MachineFixture.stat("purser", user: 100, system: 0),
                "proc/stat": MachineFixture.cpu(busy: 2_500, idle: 3_500),
            ])
            let cpu = probe.look().cpu
            #expect(cpu.process == 50)
            #expect(cpu.machine == 75)
            #expect(
                cpu.components == [
                    .eventLoops: 20, .diskThreads: 10, .catalogWriter: 5, .children: 10, .rest: 15,
                ]
            )
        }
    }

    @Test func aThreadWhoseNumberIsUsedAgainBeganAtZero() throws {
        try MachineFixture.run { fixture in
            let probe = fixture.probe()
            _ = probe.look()
            fixture.clock.advance(by: .seconds(1))
            try fixture.write([
                "proc/self/stat": MachineFixture.stat("purser", user: 200, system: 100, children: 30),
                "proc/self/task/78/stat": MachineFixture.stat("NIO-ELT-0-#0", user: 20, system: 0),
            ])
            try fixture.remove("proc/self/task/79")
            let cpu = probe.look().cpu
            #expect(cpu.components[.eventLoops] == 10)
            #expect(cpu.components[.diskThreads] == 0)
            #expect(cpu.components[.catalogWriter] == nil)
            #expect(cpu.components[.rest] == 40)
        }
    }

    @Test func twoLooksAtTheSameTimeDivideByNothing() throws {
        try MachineFixture.run { fixture in
            let probe = fixture.probe()
            _ = probe.look()
            let cpu = probe.look().cpu
            #expect(cpu.process == nil && cpu.machine == nil && cpu.components.isEmpty)
        }
    }

    @Test func fewerCoresAreCountedWhereTheAffinitySaysSo() throws {
        try MachineFixture.run { fixture in
            try fixture.write(["proc/self/status": "VmHWM: 1 kB\nCpus_allowed:\t00000000,00000002\n"])
            #expect(fixture.probe().look().cpu.cores == 1)
        }
    }

    @Test func anUnlimitedNumberOfDescriptorsIsNoLimit() throws {
        try MachineFixture.run { fixture in
            try fixture.write(["proc/self/limits": "Max open files   unlimited   unlimited   files\n"])
            #expect(fixture.probe().look().descriptorLimit == nil)
            #expect(fixture.log.paths.isEmpty)
        }
    }

    @Test(arguments: ["stat", "statm", "status", "io", "limits", "fd", "task"])
    func aFileThatIsMissingIsSaidOnce(_ name: String) throws {
        try MachineFixture.run { fixture in
            try fixture.remove("proc/self/\(name)")
            let probe = fixture.probe()
            let figures = probe.look()
            fixture.clock.advance(by: .seconds(1))
            _ = probe.look()
            #expect(fixture.log.paths == [fixture.root.appending("proc/self/\(name)").string])
            #expect((figures.threads == nil) == (name == "stat"))
            #expect((figures.memory.resident == nil) == (name == "statm"))
            #expect((figures.memory.peak == nil) == (name == "status"))
            #expect((figures.diskReadBytes == nil) == (name == "io"))
            #expect((figures.descriptorLimit == nil) == (name == "limits"))
            #expect((figures.openDescriptors == nil) == (name == "fd"))
            #expect(figures.load != nil)
        }
    }

    @Test(arguments: ["", "\n", "garbage", "1 2 3", "-5 -5 -5 -5", "77 (x", String(repeating: "9", count: 100_000)])
    func garbledFilesMakeFiguresNil(_ text: String) throws {
        try MachineFixture.run { fixture in
            let names = [
                "self/stat", "self/statm", "self/status", "self/io", "self/limits", "self/cgroup", "stat", "meminfo",
                "loadavg", "self/task/77/stat", "self/task/78/stat", "self/task/79/stat",
            ]
            try fixture.write(Dictionary(uniqueKeysWithValues: names.map { ("proc/\($0)", text) }))
            let probe = fixture.probe()
            _ = probe.look()
            fixture.clock.advance(by: .seconds(5))
            let figures = probe.look()
            #expect(figures.threads == nil && figures.descriptorLimit == nil && figures.diskReadBytes == nil)
            #expect(figures.memory.machineTotal == nil && figures.memory.peak == nil)
            #expect(figures.cpu.machine == nil && figures.cpu.process == nil && figures.cpu.components.isEmpty)
            // Three numbers are a load; three numbers are also pages.
            #expect((figures.load == nil) == (text != "1 2 3"))
            #expect((figures.memory.resident == nil) == (text != "1 2 3"))
            #expect(fixture.log.paths.contains(fixture.root.appending("proc/self/stat").string))
            #expect(Set(fixture.log.paths).count == fixture.log.paths.count)
        }
    }

    @Test func thisMachineTellsTheTruth() throws {
        let probe = MachineProbe(
            places: MachinePlaces(store: "/"),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        _ = probe.look()
        let held = [UInt8](repeating: 1, count: 50 << 20)
        let figures = probe.look()
        #expect(held.count == 50 << 20)
        let resident = try #require(figures.memory.resident)
        #expect(resident > 50 << 20)
        #expect(try #require(figures.memory.peak) >= resident / 2)
        #expect(try #require(figures.memory.machineTotal) > resident)
        #expect(try #require(figures.threads) >= 1)
        #expect(try #require(figures.openDescriptors) >= 3)
        #expect(try #require(figures.cpu.cores) > 0)
        #expect(try #require(figures.cpu.processSeconds) > 0)
        #expect(try #require(figures.diskBytes) > 0)
    }
}
