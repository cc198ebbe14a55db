public import Foundation

/// The id of an operation: a UUID, version 7 (RFC 9562) where Purser makes it, any version where a client does.
public struct OperationID: Hashable, Sendable {
    /// The UUID itself.
    public let uuid: UUID

    /// Takes a UUID of any version.
    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Makes a version 7 UUID: 48 bits of milliseconds, then 74 random bits, so that ids sort by their time.
    ///
    /// - Parameters:
    ///   - time: The time that the id carries; years before 1970 count as 1970.
    ///   - generator: Where the random bits come from.
    public init(at time: Date, using generator: inout some RandomNumberGenerator) {
        self.init(at: time, random: (generator.next(), generator.next()))
    }

    private init(at time: Date, random: (high: UInt64, low: UInt64)) {
        let milliseconds = UInt64(max(0, time.timeIntervalSince1970 * 1000)) & 0xffff_ffff_ffff
        let high = milliseconds << 16 | 0x7000 | random.high & 0x0fff
        let low = 0x8000_0000_0000_0000 | random.low & 0x3fff_ffff_ffff_ffff
        self.uuid = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { bytes in
            UUID(uuid: bytes.loadUnaligned(as: uuid_t.self))
        }
    }

    /// Makes a version 7 UUID for a time, by default now.
    public init(at time: Date = Date()) {
        self.init(at: time, random: RandomBits.shared.next())
    }

    /// Reads a UUID in its usual form of 36 characters, upper or lower case.
    ///
    /// - Throws: ``IdentifierError`` with code `invalid_operation_id`.
    public init(_ text: String) throws(IdentifierError) {
        guard text.utf8.count == 36, let uuid = UUID(uuidString: text) else {
            throw IdentifierError(.invalidOperationID, "'\(text.prefix(64))' is not a UUID")
        }
        self.uuid = uuid
    }
}

extension OperationID: CustomStringConvertible {
    /// The UUID in lower case.
    ///
    /// Without Foundation's formatting, as every request writes several: one allocation.
    public var description: String {
        withUnsafeBytes(of: self.uuid.uuid) { bytes in
            String(unsafeUninitializedCapacity: 36) { text in
                var place = 0
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[place] = UInt8(ascii: "-")
                        place += 1
                    }
                    text[place] = Self.digit(byte >> 4)
                    text[place + 1] = Self.digit(byte & 0xf)
                    place += 2
                }
                return place
            }
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
