import Synchronization

/// Bytes that the service received and sent over the network since its start.
package final class Traffic: Sendable {
    private let receivedBytes = Atomic<Int64>(0)
    private let sentBytes = Atomic<Int64>(0)

    /// Bytes received.
    package var received: Int64 { self.receivedBytes.load(ordering: .relaxed) }
    /// Bytes sent.
    package var sent: Int64 { self.sentBytes.load(ordering: .relaxed) }

    /// Counts bytes that came in.
    package func receive(_ bytes: Int) {
        self.receivedBytes.wrappingAdd(Int64(bytes), ordering: .relaxed)
    }

    /// Counts bytes that went out.
    package func send(_ bytes: Int) {
        self.sentBytes.wrappingAdd(Int64(bytes), ordering: .relaxed)
    }
}
