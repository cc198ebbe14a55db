import Glibc

/// The processes of the system, as `/proc` shows them (see proc(5)).
enum ProcessTable {
    /// The numbers of all processes.
    static func processes() -> [Int32] {
        guard let folder = opendir("/proc") else { return [] }
        defer { closedir(folder) }
        var processes: [Int32] = []
        while let entry = readdir(folder) {
            let process = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 1) { atoi($0) }
            }
            // Other names are no numbers, and none is 0.
            if process > 0 { processes.append(process) }
        }
        return processes
    }

    /// What a process uses; `nil` where there is none of that number.
    static func usage(of process: Int32) -> ProcessUsage? {
        Self.read("/proc/\(process)/stat") { ProcessUsage($0) }
    }

    /// The number that the system gave last; 0 where it cannot be read.
    static func lastProcess() -> Int32 {
        let last = Self.read("/proc/loadavg") { text in
            text.split(separator: UInt8(ascii: " ")).last.flatMap { Int32(exactly: Self.integer($0)) }
        }
        return last ?? 0
    }

    /// The bytes of a short file of the system.
    private static func read<Value>(_ path: String, _ body: (Slice<UnsafeRawBufferPointer>) -> Value?) -> Value? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { buffer in
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            return count > 0 ? body(UnsafeRawBufferPointer(buffer)[0..<count]) : nil
        }
    }

    /// A whole number from decimal digits; stops at the first byte that is none, and before sums and products of such
    /// numbers could overflow.
    static func integer(_ digits: some Sequence<UInt8>) -> Int {
        var value = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39, value < 1 << 36 else { break }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}

/// What one process uses.
struct ProcessUsage: Sendable {
    /// Its process group.
    var group: Int32
    /// Whether it has ended.
    var hasEnded: Bool
    /// CPU time of its own.
    var ownTime: Duration
    /// CPU time of those of its children that ended and that it has waited for.
    var childrenTime: Duration
    /// Bytes of memory, as resident.
    var memory: Int

    /// CPU time of it and those children.
    var time: Duration { self.ownTime + self.childrenTime }

    /// Reads a line of `/proc/PID/stat`.
    ///
    /// The name of the program, in parentheses, may contain anything: what counts begins behind the last of them.
    init?(_ line: some BidirectionalCollection<UInt8>) {
        guard let end = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[line.index(after: end)...].split(separator: UInt8(ascii: " "), maxSplits: 23)
        // The first of these is the third of proc(5), the state.
        guard fields.count > 21, let state = fields[0].first else { return nil }
        self.group = Int32(truncatingIfNeeded: ProcessTable.integer(fields[2]))
        self.hasEnded = state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
        self.ownTime = Self.ticks(fields[11], fields[12])
        self.childrenTime = Self.ticks(fields[13], fields[14])
        self.memory = ProcessTable.integer(fields[21]) * Self.pageSize
    }

    private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    private static let ticksPerSecond = max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))

    private static func ticks(_ user: some Sequence<UInt8>, _ system: some Sequence<UInt8>) -> Duration {
        let ticks = Int64(ProcessTable.integer(user) + ProcessTable.integer(system))
        return .microseconds(ticks * 1_000_000 / Self.ticksPerSecond)
    }
}
