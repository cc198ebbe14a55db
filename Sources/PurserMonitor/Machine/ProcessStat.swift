/// The `stat` of a process or a thread, as proc_pid_stat(5) describes it.
struct ProcessStat: Sendable, Equatable {
    /// Its name, cut by the kernel to 15 bytes.
    var name: String
    /// Clock ticks of CPU, in programs and in the kernel.
    var ticks: Int64
    /// Clock ticks of children that have ended and were waited for.
    var childTicks: Int64
    var threads: Int

    /// Takes the text apart; byte by byte, as it is done for each thread at each look.
    init?(_ text: String) {
        // A name may hold blanks and parentheses; the last parenthesis ends it.
        guard let open = text.utf8.firstIndex(of: UInt8(ascii: "(")),
            let close = text.utf8.lastIndex(of: UInt8(ascii: ")")), open < close
        else { return nil }
        let rest = text.utf8[text.utf8.index(after: close)...]
        let fields = rest.split(separator: UInt8(ascii: " "), maxSplits: 18)
        // The first field here is the third of the page.
        func field(_ number: Int) -> Int64? {
            fields.indices.contains(number - 3) ? Int64(Substring(fields[number - 3])) : nil
        }
        guard let user = field(14), let system = field(15), let childUser = field(16), let childSystem = field(17),
            let threads = field(20)
        else { return nil }
        self.name = String(text[text.utf8.index(after: open)..<close])
        self.ticks = user + system
        self.childTicks = childUser + childSystem
        self.threads = Int(threads)
    }
}
