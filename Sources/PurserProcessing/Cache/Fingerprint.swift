import Crypto
import PurserIdentifiers

/// A digest of values one after another, each told apart from the next: no two lists of values give the same bytes.
struct Fingerprint {
    private var hash = SHA256()

    /// Begins a digest for a purpose; those of different purposes never meet.
    init(_ purpose: String) {
        self.add(purpose)
    }

    /// Adds a text.
    mutating func add(_ text: String) {
        self.add(text.utf8.count)
        self.hash.update(data: Array(text.utf8))
    }

    /// Adds a text or that there is none.
    mutating func add(_ text: String?) {
        self.add(text == nil ? 0 : 1)
        if let text { self.add(text) }
    }

    /// Adds a number.
    mutating func add(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: UInt64(truncatingIfNeeded: number).littleEndian) { self.hash.update(bufferPointer: $0) }
    }

    /// Adds a digest.
    mutating func add(_ digest: BlobID) { self.hash.update(data: digest.bytes) }

    /// Adds a value; names of an object count in the order of their bytes.
    mutating func add(_ value: StepValue) {
        switch value {
        case .null: self.add(0)
        case .bool(let isTrue): self.add(isTrue ? 2 : 1)
        case .integer(let number):
            self.add(3)
            self.add(number)
        case .number(let number):
            self.add(4)
            self.add(number.bitPattern)
        case .string(let text):
            self.add(5)
            self.add(text)
        case .list(let elements):
            self.add(6)
            self.add(elements.count)
            for element in elements { self.add(element) }
        case .object(let elements):
            self.add(7)
            self.add(elements)
        }
    }

    /// Adds values with names.
    mutating func add(_ elements: [String: StepValue]) {
        self.add(elements.count)
        let sorted = elements.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (name, value) in sorted {
            self.add(name)
            self.add(value)
        }
    }

    /// The digest of all so far.
    func finish() -> BlobID {
        guard let digest = BlobID(bytes: self.hash.finalize()) else { preconditionFailure("SHA-256 has 32 bytes") }
        return digest
    }
}
