import Dispatch
import Glibc
import Synchronization

/// Asking the system for the addresses of a name.
enum NameResolution {
    private final class Answer: Sendable {
        private let continuation = Mutex<CheckedContinuation<[NetworkAddress], Never>?>(nil)

        func wait(_ continuation: CheckedContinuation<[NetworkAddress], Never>) {
            self.continuation.withLock { $0 = continuation }
        }

        func give(_ addresses: [NetworkAddress]) {
            self.continuation.withLock { $0.take() }?.resume(returning: addresses)
        }
    }

    /// The addresses, those first that the system prefers; none where there are none, or the task was cancelled.
    ///
    /// The system cannot be told to stop looking: it goes on, on a thread of its own, for as long as its settings allow.
    ///
    /// - Parameter host: A name or an address, in any form that the system takes.
    /// - Returns: The addresses.
    static func addresses(of host: String) async -> [NetworkAddress] {
        let answer = Answer()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.wait(continuation)
                if Task.isCancelled { return answer.give([]) }
                DispatchQueue.global().async { answer.give(Self.look(host)) }
            }
        } onCancel: {
            answer.give([])
        }
    }

    private static func look(_ host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var addresses: [NetworkAddress] = []
        var next = first
        while let entry = next?.pointee {
            if let address = Self.address(entry) { addresses.append(address) }
            next = entry.ai_next
        }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> NetworkAddress? {
        guard let pointer = UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch entry.ai_family {
        case AF_INET:
            let address = pointer.loadUnaligned(as: sockaddr_in.self).sin_addr
            return NetworkAddress(withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = pointer.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return NetworkAddress(withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }
}
