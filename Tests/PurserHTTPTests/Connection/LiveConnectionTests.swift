import Testing

/// Tests over real sockets, one after the other: each runs a server of its own on the process's few event loops, some
/// pour hundreds of megabytes through them, and one weighs the process.
@Suite(.serialized)
enum LiveConnectionTests {}
