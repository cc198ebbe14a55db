import SystemPackage

/// What the control group of a process allows it, and uses (cgroups(7)): version 2, version 1, or none.
struct ControlGroup: Sendable, Equatable {
    /// Bytes; `nil` where neither the group nor one above it sets a limit.
    var memoryLimit: Int64?
    /// Bytes used by the group that sets the limit, caches included.
    var memoryUsage: Int64?
    /// Bytes of that group that programs hold: the kernel cannot take them back.
    var memoryHeld: Int64?
    /// Cores; `nil` where there is no limit.
    var cores: Double?
    /// Seconds for which its programs were held back.
    var throttledSeconds: Double?

    /// Reads the group of this process.
    ///
    /// Limits hold for all below them, so that the least of the group's own and of those above it counts.
    init(_ files: MachineFiles, _ places: MachinePlaces) {
        guard let text = files.optionalText(places.processes.appending("self/cgroup")) else { return }
        let memory = GroupFolders(of: "memory", in: text, places.groups)
        self.readMemory(files, memory)
        self.readCPU(files, GroupFolders(of: "cpu", in: text, places.groups))
    }

    private mutating func readMemory(_ files: MachineFiles, _ group: GroupFolders) {
        var chosen = group.folders.first
        for folder in group.folders {
            let path = folder.appending(group.isUnified ? "memory.max" : "memory.limit_in_bytes")
            guard let limit = Self.limit(files, path), limit < self.memoryLimit ?? .max else { continue }
            self.memoryLimit = limit
            chosen = folder
        }
        guard let chosen else { return }
        let usage = chosen.appending(group.isUnified ? "memory.current" : "memory.usage_in_bytes")
        self.memoryUsage = files.parse(usage, files.optionalText(usage)) { text in
            Self.number(text).flatMap { $0 >= 0 ? $0 : nil }
        }
        let stat = chosen.appending("memory.stat")
        self.memoryHeld = files.parse(stat, files.optionalText(stat)) { text in
            let lines = KeyedLines(text)
            guard group.isUnified else { return lines.count("total_rss") }
            guard let anonymous = lines.count("anon") else { return nil }
            return anonymous + (lines.count("shmem") ?? 0)
        }
    }

    private mutating func readCPU(_ files: MachineFiles, _ group: GroupFolders) {
        for folder in group.folders {
            guard let cores = group.isUnified ? Self.cores(files, folder) : Self.coresOfVersion1(files, folder) else {
                continue
            }
            self.cores = min(self.cores ?? cores, cores)
        }
        // Its own figures; those of the nearest above it, where its own cannot be seen from here.
        let texts = group.folders.lazy.compactMap { files.optionalText($0.appending("cpu.stat")) }
        guard let text = texts.first else { return }
        let lines = KeyedLines(text)
        if let microseconds = lines.count("throttled_usec") {
            self.throttledSeconds = Double(microseconds) / 1e6
        } else if let nanoseconds = lines.count("throttled_time") {
            self.throttledSeconds = Double(nanoseconds) / 1e9
        }
    }

    /// A limit of memory: `max`, and in version 1 a number beyond all memory, is none.
    private static func limit(_ files: MachineFiles, _ path: FilePath) -> Int64? {
        guard let text = files.optionalText(path), text.first != "m" else { return nil }
        let limit = files.parse(path, text) { text in Self.number(text).flatMap { $0 > 0 ? $0 : nil } }
        return limit.flatMap { $0 < 1 << 62 ? $0 : nil }
    }

    /// `cpu.max`: microseconds of CPU, or `max`, and the period in which they may be used.
    private static func cores(_ files: MachineFiles, _ folder: FilePath) -> Double? {
        let path = folder.appending("cpu.max")
        guard let text = files.optionalText(path), text.first != "m" else { return nil }
        return files.parse(path, text) { text in
            let fields = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            guard fields.count == 2, fields[0] > 0, fields[1] > 0 else { return nil }
            return fields[0] / fields[1]
        }
    }

    private static func coresOfVersion1(_ files: MachineFiles, _ folder: FilePath) -> Double? {
        let path = folder.appending("cpu.cfs_quota_us")
        guard let quota = files.parse(path, files.optionalText(path), { Self.number($0) }), quota > 0 else {
            return nil
        }
        let period = folder.appending("cpu.cfs_period_us")
        guard let length = files.parse(period, files.optionalText(period), { Self.number($0) }), length > 0 else {
            return nil
        }
        return Double(quota) / Double(length)
    }

    private static func number(_ text: String) -> Int64? {
        text.split(whereSeparator: \.isWhitespace).first.flatMap { Int64($0) }
    }
}

/// The folders of a process's control group and of those above it, its own first.
struct GroupFolders: Sendable, Equatable {
    /// Whether it is of version 2, where one tree has all controllers.
    var isUnified = false
    var folders: [FilePath] = []

    /// Finds the folders for a controller.
    ///
    /// - Parameters:
    ///   - controller: Such as `memory`.
    ///   - text: The process's `cgroup`: lines of `number:controllers:path`.
    ///   - root: Where the trees are mounted.
    init(of controller: Substring, in text: String, _ root: FilePath) {
        var unified: FilePath?
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let path = FilePath(String(fields[2]))
            if fields[1].split(separator: ",").contains(controller) {
                // Mounted under all its names, or under this one.
                let mount = root.appending(String(fields[1]))
                let isThere = (try? FileDescriptor.open(mount, .readOnly).close()) != nil
                self.folders = Self.upwards(path, from: isThere ? mount : root.appending(String(controller)))
                return
            }
            if fields[0] == "0", fields[1].isEmpty { unified = path }
        }
        guard let unified else { return }
        self.isUnified = true
        self.folders = Self.upwards(unified, from: root)
    }

    /// The folder of a path below a root, and all above it down to the root.
    ///
    /// A path that leads out of the root is one that cannot be seen from here: then the root is what there is.
    private static func upwards(_ path: FilePath, from root: FilePath) -> [FilePath] {
        let components = Array(path.components)
        guard !components.contains(where: { $0.kind == .parentDirectory }) else { return [root] }
        return (0...components.count).reversed().map { root.appending(components[..<$0]) }
    }
}
