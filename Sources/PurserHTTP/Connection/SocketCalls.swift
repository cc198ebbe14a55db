import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes in a TCP socket's send queue that the peer has not acknowledged; 0 where the system does not tell.
func socketQueueLength(_ handle: NIOBSDSocket.Handle) -> Int {
    #if os(Linux)
    var length: CInt = 0
    // SIOCOUTQ has the value of TIOCOUTQ on all of Linux's architectures (tcp(7)).
    guard ioctl(handle, UInt(TIOCOUTQ), &length) == 0 else { return 0 }
    return Int(length)
    #else
    return 0
    #endif
}

/// Bytes of an open file; `nil` where the system does not tell.
func fileSize(_ descriptor: CInt) -> Int64? {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : nil
}

/// Makes the coming close of a socket a reset, which drops what has not been sent and tells the peer so.
func resetOnClose(_ handle: NIOBSDSocket.Handle) {
    var value = linger(l_onoff: 1, l_linger: 0)
    // Fails only on what is no connected socket any more.
    _ = setsockopt(handle, SOL_SOCKET, SO_LINGER, &value, socklen_t(MemoryLayout.size(ofValue: value)))
}
