import Purser

/// What one connection may cost, and how slow it may be.
struct ConnectionConfiguration: Sendable {
    /// From the accept, or from the first byte of a later request, until the head is complete.
    var headerTimeout: Duration = .seconds(10)
    /// Between two requests of a kept-alive connection; does not run while a request waits or is processed.
    var idleTimeout: Duration = .seconds(60)
    /// Bytes per second that a client has to send (while its body is wanted) or take (while an answer is on its way).
    var minRate = 1024
    /// Time over which ``minRate`` is measured.
    var minRateWindow: Duration = .seconds(30)
    /// Time that handlers of a client found too slow have to answer or abort before the connection is cut.
    var slowGrace: Duration = .seconds(2)
    /// All header fields of one request, names and values, with its target.
    var maxHeaderBytes = 32 * 1024
    /// Header fields of one request, trailers included.
    var maxHeaderCount = 100
    /// The request's target as it came; a key of 1,024 bytes is at most 3,072 bytes when percent-encoded.
    var maxURIBytes = 8 * 1024
    /// How long a connection that will be closed goes on reading, so that the client gets to read its answer.
    var lingerTimeout: Duration = .seconds(1)
    /// How many bytes are thrown away meanwhile, at most.
    var lingerBytes = 1024 * 1024
    /// The `Server` field of the answers that the connection gives by itself.
    var serverName = "purser"
    /// Where the bytes of all connections are counted.
    var traffic: Traffic?

    /// What the kernel keeps of an answer beyond what is on its way (tcp(7), `TCP_NOTSENT_LOWAT`): by default it would
    /// take megabytes for a client that reads nothing, and ask for more in lumps that hide how fast it reads.
    static let maxUnsentBytes = 256 * 1024
    /// Receive buffer outside of large bodies: a waiting upload costs one of these.
    static let smallReceiveBytes = 8 * 1024
    /// Receive buffer within large bodies.
    static let largeReceiveBytes = 256 * 1024
    /// A body of at least this length, or of unknown length, is a large one.
    static let largeBodyBytes: Int64 = 256 * 1024
    /// Reads of a large body per turn of the event loop.
    static let largeBodyReads: UInt = 4
}
