import Synchronization

/// How much room the disk has for new bytes.
public struct DiskSpaceFigures: Sendable, Hashable {
    /// Bytes that may still be written: what is free, less the floor, and at most what the quota leaves; may be negative.
    public var availableBytes: Int64

    /// Describes the room.
    public init(availableBytes: Int64) {
        self.availableBytes = availableBytes
    }
}

/// Asks for the room on the disk; called outside of all locks, from any thread, each time bytes are reserved.
public struct DiskSpace: Sendable {
    /// Measures now.
    ///
    /// What it throws goes to the one who reserves, untouched.
    public var measure: @Sendable () throws -> DiskSpaceFigures

    /// Takes the way to measure.
    public init(_ measure: @escaping @Sendable () throws -> DiskSpaceFigures) {
        self.measure = measure
    }

    /// A disk without end, for what writes nothing.
    public static let unlimited = DiskSpace { DiskSpaceFigures(availableBytes: .max) }
}

/// The bytes that were announced and are not yet written: they are missing from what is measured as free.
final class DiskReservations: Sendable {
    private struct State {
        var outstanding: Int64 = 0
        /// All bytes ever written or given back; only differences of it mean something.
        var settled: Int64 = 0
    }

    private let state = Mutex(State())
    private let disk: DiskSpace

    init(_ disk: DiskSpace) {
        self.disk = disk
    }

    var outstanding: Int64 { self.state.withLock { $0.outstanding } }

    /// Reserves bytes, all or none.
    ///
    /// What is settled while the disk is measured may be missing from the measure and from the reservations: it is
    /// counted once more here, so that two that come at the same time never share the same bytes.
    func reserve(_ bytes: Int64) throws {
        let settledBefore = self.state.withLock { $0.settled }
        let available = try self.disk.measure().availableBytes
        try self.state.withLock { state in
            let uncertain = state.settled &- settledBefore
            let (taken, isOver) = state.outstanding.addingReportingOverflow(uncertain)
            let (free, isUnder) = available.subtractingReportingOverflow(taken)
            guard !isOver, !isUnder, bytes <= free else {
                throw OperationError(.storeFull, "the store has no room for \(bytes) more bytes")
            }
            // Cannot overflow: `bytes` and `outstanding` together are at most what is available.
            state.outstanding += bytes
        }
    }

    /// Takes bytes out of the reservation: they were written, or will not be.
    func settle(_ bytes: Int64) {
        self.state.withLock { state in
            state.outstanding -= bytes
            state.settled &+= bytes
        }
    }
}
