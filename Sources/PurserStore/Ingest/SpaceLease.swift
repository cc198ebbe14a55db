import PurserOperations

/// Space on the disk that an upload has reserved and not yet used.
struct SpaceLease {
    /// How much a body of unknown length asks for at a time, in bytes.
    static let step: Int64 = 8 << 20

    private let slot: Slot
    private var reserved: Int64 = 0
    private var written: Int64 = 0

    init(slot: Slot) {
        self.slot = slot
    }

    /// Reserves what was announced.
    mutating func reserve(_ bytes: Int64) throws {
        guard bytes > self.reserved else { return }
        try self.slot.reserveDisk(bytes: bytes - self.reserved)
        self.reserved = bytes
    }

    /// Makes sure that so many bytes in all are reserved, a step ahead.
    mutating func cover(_ bytes: Int64) throws {
        guard bytes > self.reserved else { return }
        try self.reserve(bytes + Self.step)
    }

    /// Turns reserved into used space, so that the disk's own figure and the reservation do not count it twice.
    mutating func wrote(upTo bytes: Int64) {
        self.slot.wroteDisk(bytes: bytes - self.written)
        self.written = bytes
    }
}
