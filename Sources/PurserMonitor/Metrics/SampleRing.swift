/// The latest samples of one metric, in the order of their arrival.
///
/// It grows as it fills. Up to `reserved` samples it may always grow, up to `limit` while the pool lasts; then each new
/// sample takes the place of the oldest.
struct SampleRing {
    private let reserved: Int
    private let limit: Int
    /// What rings share beyond what is reserved for each, in samples; `nil` where this one need not ask.
    private let pool: Budget?
    private var samples: [StoredSample] = []
    private var capacity = 0
    /// Where the next sample goes once the ring is full: at the oldest.
    private var next = 0
    /// How many samples there ever were.
    private(set) var sequence: UInt64 = 0

    init(reserved: Int, limit: Int, pool: Budget?) {
        self.reserved = pool == nil ? limit : min(reserved, limit)
        self.limit = limit
        self.pool = pool
    }

    /// How many samples there are.
    var count: Int { self.samples.count }

    mutating func append(_ sample: StoredSample) {
        self.sequence += 1
        if self.samples.count == self.capacity, self.next == 0 { self.grow() }
        if self.samples.count < self.capacity {
            self.samples.append(sample)
        } else {
            self.samples[self.next] = sample
            self.next = self.next + 1 == self.capacity ? 0 : self.next + 1
        }
    }

    /// Only where the oldest sample is the first one, so that nothing has to move.
    ///
    /// Four times as large each time: what is given back on the way is of little use to anybody else.
    private mutating func grow() {
        guard self.capacity < self.limit else { return }
        let wanted = min(self.limit, max(64, 4 * self.capacity))
        let beyond = max(0, wanted - max(self.capacity, self.reserved))
        if beyond == 0 || self.pool?.take(beyond) ?? true {
            self.capacity = wanted
        } else {
            self.capacity = max(self.capacity, min(wanted, self.reserved))
        }
        self.samples.reserveCapacity(self.capacity)
    }

    /// All samples of a stretch of time, in the order of their arrival.
    func samples(after: Int64, through: Int64) -> [StoredSample] {
        var found: [StoredSample] = []
        found.reserveCapacity(self.samples.count)
        self.samples.withUnsafeBufferPointer { samples in
            for part in [samples[self.next...], samples[..<self.next]] {
                for sample in part where sample.time > after && sample.time <= through { found.append(sample) }
            }
        }
        return found
    }

    /// The samples that came last, the newest first, each with its place among all that ever came.
    func latest(_ count: Int) -> [(sequence: UInt64, sample: StoredSample)] {
        let count = max(0, min(count, self.samples.count))
        let newest = self.next == 0 ? self.samples.count - 1 : self.next - 1
        return (0..<count).map { back in
            let index = newest - back
            return (
                self.sequence - 1 - UInt64(back),
                self.samples[index < 0 ? index + self.samples.count : index]
            )
        }
    }
}
