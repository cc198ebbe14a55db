import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A second descriptor of an open file, so that its owner may close the first while the kernel still sends from it.
struct DuplicatedDescriptor: Sendable {
    let handle: NIOFileHandle

    init(_ descriptor: CInt) throws {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw IOError(errnoCode: errno, reason: "duplicating a descriptor") }
        self.handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: copy)
    }

    /// To be called once, when nothing is being sent from it any more.
    func close() {
        // A descriptor that was only read from has nothing to lose.
        try? self.handle.close()
    }
}
