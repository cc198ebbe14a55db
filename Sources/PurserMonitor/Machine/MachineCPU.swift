/// The CPU lines of `/proc/stat`, as proc_stat(5) describes them.
struct MachineCPU: Sendable, Equatable {
    /// Clock ticks of all cores since the machine began.
    var all: Int64
    /// The part of them in which there was nothing to do.
    var idle: Int64
    /// Cores that are on.
    var cores: Int

    init?(_ text: String) {
        // They come first; what follows may be long.
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        guard let first = lines.first, Substring(first).hasPrefix("cpu ") else { return nil }
        var cores = 0
        while lines.count == 2, Substring(lines[1].prefix(3)) == "cpu" {
            cores += 1
            lines = lines[1].split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        }
        // user nice system idle iowait irq softirq steal; what guests use is counted as user's already.
        let words = first.split(separator: UInt8(ascii: " ")).dropFirst().prefix(8)
        let fields = words.compactMap { Int64(Substring($0)) }
        guard fields.count >= 4, cores > 0 else { return nil }
        self.all = fields.reduce(0, +)
        self.idle = fields[3] + (fields.count > 4 ? fields[4] : 0)
        self.cores = cores
    }

    /// How busy the machine was since an earlier look, percent of all cores; `nil` where no time went by.
    func percentBusy(since earlier: MachineCPU) -> Double? {
        let all = self.all - earlier.all
        guard all > 0 else { return nil }
        return min(max(Double(all - (self.idle - earlier.idle)) / Double(all) * 100, 0), 100)
    }
}

/// How many cores a process may run on, from the `Cpus_allowed` of its `status`: a mask in hexadecimal, with commas.
func allowedCores(_ mask: Substring) -> Int? {
    var count = 0
    for character in mask where character != "," {
        guard let digit = character.hexDigitValue else { return nil }
        count += digit.nonzeroBitCount
    }
    return count > 0 ? count : nil
}
