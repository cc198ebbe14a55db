import Foundation
import Synchronization

/// Random bits from the system, fetched for many ids at a time: asking for a few takes a system call, longer than all the
/// rest of making an id.
final class RandomBits: Sendable {
    /// Those of the process.
    static let shared = RandomBits()

    /// As many as `getentropy(3)` gives at a time: 256 bytes.
    private static let count = 32

    private let words = Mutex<[UInt64]>([])

    /// Two words that nobody else gets.
    func next() -> (UInt64, UInt64) {
        self.words.withLock { words in
            if words.isEmpty { Self.fill(&words) }
            return (words.removeLast(), words.removeLast())
        }
    }

    private static func fill(_ words: inout [UInt64]) {
        words = Array(
            unsafeUninitializedCapacity: Self.count
        ) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            guard getentropy(bytes.baseAddress, bytes.count) == 0 else {
                // A kernel that refuses it: the standard library's source then stops the process, or has another way.
                var generator = SystemRandomNumberGenerator()
                for index in 0..<Self.count { buffer.initializeElement(at: index, to: generator.next()) }
                count = Self.count
                return
            }
            count = Self.count
        }
    }
}
