#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Gives memory that was freed back to the machine.
public enum MemoryTrim {
    /// Asks the C library for it; see malloc_trim(3).
    ///
    /// Takes some milliseconds per hundred megabytes, during which allocations may wait.
    ///
    /// - Returns: Whether some memory was given back; `false` too where the library has no such call.
    @discardableResult
    public static func trim() -> Bool {
        #if canImport(Glibc)
        // Looked up by name, as Swift does not see it among the system's functions.
        guard let address = dlsym(nil, "malloc_trim") else { return false }
        typealias Trim = @convention(c) (Int) -> CInt
        return unsafeBitCast(address, to: Trim.self)(0) == 1
        #else
        return false
        #endif
    }
}
