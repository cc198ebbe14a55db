/// What is known of transfers that run and of all together: numbers alone, without time or terminal.
struct ProgressLedger {
    private struct Transfer {
        let id: Int
        let name: String
        let start: Duration
        var bytesDone: Int64 = 0
        var bytesTotal: Int64?
        var bytesMoved: Int64 = 0
        var isComparing = false
        var meter: RateMeter
    }

    /// Files and bytes in all, once they are counted.
    var expected: (files: Int, bytes: Int64)?

    private let isBatch: Bool
    private var running: [Transfer] = []
    private var nextID = 0
    private var filesDone = 0
    private var filesFailed = 0
    /// Of transfers that have ended, well or not.
    private var bytesDone: Int64 = 0
    private var bytesMoved: Int64 = 0
    private var meter = RateMeter(at: .zero)

    /// Begins without a transfer.
    init(isBatch: Bool) {
        self.isBatch = isBatch
    }

    /// Takes in a transfer.
    mutating func begin(_ name: String, bytesTotal: Int64?, at elapsed: Duration) -> Int {
        self.nextID += 1
        self.running.append(
            Transfer(id: self.nextID, name: name, start: elapsed, bytesTotal: bytesTotal, meter: RateMeter(at: elapsed))
        )
        return self.nextID
    }

    private mutating func change(_ id: Int, _ body: (inout Transfer) -> Void) {
        // Bytes may be taken back of a transfer that has ended.
        guard let index = self.running.firstIndex(where: { $0.id == id }) else { return }
        body(&self.running[index])
    }

    /// Counts bytes that were moved, or, below zero, that were in vain.
    mutating func advance(_ id: Int, bytes: Int64) {
        self.change(id) { transfer in
            if transfer.isComparing { transfer.bytesDone = 0 }
            transfer.isComparing = false
            transfer.bytesDone += bytes
            transfer.bytesMoved += bytes
        }
    }

    /// Counts bytes that were compared.
    mutating func compare(_ id: Int, bytes: Int64) {
        self.change(id) { transfer in
            transfer.isComparing = true
            transfer.bytesDone += bytes
        }
    }

    /// Notes how many bytes a transfer has, and from which on they are moved.
    mutating func expect(_ id: Int, bytesTotal: Int64?, offset: Int64) {
        self.change(id) { transfer in
            transfer.isComparing = false
            transfer.bytesTotal = bytesTotal
            transfer.bytesDone = offset
        }
    }

    /// Takes a transfer out.
    ///
    /// What failed is behind us as well: all is done when nothing is left to try.
    mutating func end(_ id: Int, isDone: Bool) {
        guard let index = self.running.firstIndex(where: { $0.id == id }) else { return }
        let transfer = self.running.remove(at: index)
        self.bytesDone += transfer.bytesTotal ?? transfer.bytesDone
        self.bytesMoved += max(0, transfer.bytesMoved)
        if isDone { self.filesDone += 1 } else { self.filesFailed += 1 }
    }

    /// What is to be shown: a line for each that runs, the oldest first, and for a batch one for all.
    ///
    /// - Parameters:
    ///   - elapsed: Time since the start.
    ///   - count: Lines that there is room for, at least one; that for all stays.
    /// - Returns: The lines from top to bottom.
    mutating func lines(at elapsed: Duration, atMost count: Int) -> [ProgressLine] {
        var lines: [ProgressLine] = []
        for index in self.running.indices {
            self.running[index].meter.note(bytes: self.running[index].bytesMoved, at: elapsed)
            lines.append(Self.line(self.running[index], at: elapsed))
        }
        let room = max(1, count)
        guard self.isBatch else { return Array(lines.prefix(room)) }
        return lines.prefix(room - 1) + [self.total(at: elapsed)]
    }

    private static func line(_ transfer: Transfer, at elapsed: Duration) -> ProgressLine {
        ProgressLine(
            name: transfer.isComparing ? "comparing \(transfer.name)" : transfer.name,
            bytesDone: transfer.bytesDone,
            bytesTotal: transfer.bytesTotal,
            rate: transfer.isComparing ? nil : transfer.meter.rate,
            elapsed: elapsed - transfer.start
        )
    }

    private mutating func total(at elapsed: Duration) -> ProgressLine {
        let done = self.running.reduce(self.bytesDone) { $0 + ($1.isComparing ? 0 : $1.bytesDone) }
        let moved = self.running.reduce(self.bytesMoved) { $0 + max(0, $1.bytesMoved) }
        self.meter.note(bytes: moved, at: elapsed)
        let count = self.filesDone + self.filesFailed
        // A folder that grows is not done before its end.
        let files = self.expected.map { "\(count) of \(max(count, $0.files)) files" } ?? "\(count) files"
        return ProgressLine(
            name: self.filesFailed > 0 ? "\(files), \(self.filesFailed) failed" : files,
            bytesDone: done,
            bytesTotal: self.expected.map { max(done, $0.bytes) },
            rate: self.meter.rate,
            elapsed: elapsed
        )
    }
}
