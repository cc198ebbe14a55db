import Foundation
import Logging
import PurserTestSupport
import Synchronization
import SystemPackage

@testable import PurserMonitor

/// A machine made of files, and a clock that a test moves.
struct MachineFixture {
    let root: FilePath
    let clock = StepClock()
    let log = WarningLog()
    var places: MachinePlaces

    init(root: FilePath) throws {
        self.root = root
        self.places = MachinePlaces(store: root)
        self.places.processes = root.appending("proc")
        self.places.groups = root.appending("cgroup")
        try self.write(Self.ordinary)
    }

    /// Writes files below the fixture's folder, with the folders that they need.
    func write(_ files: [String: String]) throws {
        for (name, text) in files {
            let path = self.root.appending(FilePath(name).components)
            let folder = path.removingLastComponent().string
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path.string))
        }
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: self.root.appending(FilePath(name).components).string)
    }

    func probe(catalogWriterTime: (@Sendable () -> Duration)? = nil) -> MachineProbe {
        let log = self.log
        var units = MachineProbe.Units()
        units.ticksPerSecond = 100
        units.pageBytes = 4096
        return MachineProbe(
            places: self.places,
            catalogWriterTime: catalogWriterTime,
            clock: self.clock,
            logger: Logger(label: "test") { _ in log },
            units: units
        )
    }

    /// A `stat` of proc(5) with the fields that matter; the others count up.
    static func stat(_ name: String, user: Int, system: Int, children: Int = 0, threads: Int = 3) -> String {
        let tail = (25...52).map(String.init).joined(separator: " ")
        return
            "77 (\(name)) S 1 2 3 4 5 6 7 8 9 10 \(user) \(system) \(children) 0 20 0 \(threads) 0 900 104857600 5000 "
            + tail
    }

    /// `/proc/stat` of two cores.
    static func cpu(busy: Int, idle: Int) -> String {
        "cpu  \(busy) 0 0 \(idle) 0 0 0 0 0 0\ncpu0 1 1 1 1\ncpu1 1 1 1 1\nintr 12345 0 0\nctxt 5\n"
    }

    static let ordinary: [String: String] = [
        "proc/self/stat": Self.stat("purser) (x", user: 150, system: 50, children: 30),
        "proc/self/statm": "25600 5000 800 900 0 9000 0\n",
        "proc/self/status": "Name:\tpurser\nVmHWM:\t   30000 kB\nThreads:\t3\nCpus_allowed:\t3\n",
        "proc/self/io": "rchar: 9\nread_bytes: 4096\nwrite_bytes: 12288\ncancelled_write_bytes: 4096\n",
        "proc/self/limits":
            "Limit                     Soft Limit           Hard Limit           Units\n"
            + "Max open files            1024                 524288               files\n",
        "proc/self/fd/0": "", "proc/self/fd/1": "", "proc/self/fd/7": "",
        "proc/self/task/77/stat": Self.stat("purser", user: 10, system: 0),
        "proc/self/task/78/stat": Self.stat("NIO-SGLTN-0-#1", user: 60, system: 20),
        "proc/self/task/79/stat": Self.stat("purser-disk-0", user: 10, system: 20),
        "proc/stat": Self.cpu(busy: 1_000, idle: 3_000),
        "proc/meminfo": "MemTotal:       2000000 kB\nMemFree:  5 kB\nMemAvailable:   1500000 kB\n",
        "proc/loadavg": "0.50 0.25 0.10 1/80 11206\n",
    ]

    /// Runs a test on a machine of its own.
    static func run(_ body: (MachineFixture) throws -> Void) throws {
        try withTemporaryFolder { folder in try body(try MachineFixture(root: folder)) }
    }
}

/// Keeps the warnings of a test.
final class WarningLog: LogHandler {
    private let lines = Mutex<[String]>([])

    /// The paths that were warned of, in order.
    var paths: [String] { self.lines.withLock { $0 } }

    func log(event: LogEvent) {
        guard event.level >= .warning, let path = event.metadata?["purser.path"] else { return }
        self.lines.withLock { $0.append("\(path)") }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
}
